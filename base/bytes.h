// Bytes and text are different things here: Bytes are raw octets, text is an
// absl::string_view. AsBytes/AsText are the only doors between them.

#ifndef PGBALE_BASE_BYTES_H_
#define PGBALE_BASE_BYTES_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/attributes.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace pgbale {

// A view of octets that somebody else owns.
using Bytes = absl::Span<const uint8_t>;
using MutableBytes = absl::Span<uint8_t>;

// Allocates without zeroing: a buffer that is about to be overwritten should
// not be written twice.
template <typename T>
class UninitializedAllocator : public std::allocator<T> {
 public:
  template <typename U>
  struct rebind {
    using other = UninitializedAllocator<U>;
  };
  template <typename U>
  void construct(U* p) noexcept {
    ::new (static_cast<void*>(p)) U;
  }
  template <typename U, typename... Args>
  void construct(U* p, Args&&... args) {
    ::new (static_cast<void*>(p)) U(std::forward<Args>(args)...);
  }
};

// Owns octets. resize() leaves new octets undefined.
using Buffer = std::vector<uint8_t, UninitializedAllocator<uint8_t>>;

inline Bytes AsBytes(absl::string_view text) {
  return Bytes(reinterpret_cast<const uint8_t*>(text.data()), text.size());
}
inline absl::string_view AsText(Bytes bytes) {
  return absl::string_view(reinterpret_cast<const char*>(bytes.data()),
                           bytes.size());
}
inline std::string ToString(Bytes bytes) { return std::string(AsText(bytes)); }

// As reserve, which goes octet by octet where the allocator is not the standard
// one; so do insert and resize beyond the capacity.
void Reserve(Buffer& buffer, size_t octets);

// Makes room for `octets` more at the end, which are undefined, and returns
// where they are.
ABSL_ATTRIBUTE_ALWAYS_INLINE inline uint8_t* Extend(Buffer& buffer,
                                                    size_t octets) {
  const size_t size = buffer.size();
  if (buffer.capacity() - size < octets)
    Reserve(buffer, std::max(size + octets, 2 * buffer.capacity()));
  buffer.resize(size + octets);
  return buffer.data() + size;
}

inline void Append(Buffer& buffer, Bytes bytes) {
  if (bytes.empty()) return;
  std::memcpy(Extend(buffer, bytes.size()), bytes.data(), bytes.size());
}

}  // namespace pgbale

#endif  // PGBALE_BASE_BYTES_H_
