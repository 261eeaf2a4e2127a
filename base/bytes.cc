#include "base/bytes.h"

namespace pgbale {

void Reserve(Buffer& buffer, size_t octets) {
  if (octets <= buffer.capacity()) return;
  Buffer larger;
  larger.reserve(octets);
  larger.resize(buffer.size());
  if (!buffer.empty()) std::memcpy(larger.data(), buffer.data(), buffer.size());
  buffer = std::move(larger);
}

}  // namespace pgbale
