// JSON that is written, never read. This is the only header that knows
// that nlohmann-json is used; json_object.cc includes it.
//
// Thread-compatible.

#ifndef PGBALE_ENGINE_INSPECT_JSON_OBJECT_H_
#define PGBALE_ENGINE_INSPECT_JSON_OBJECT_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace pgbale {

// An object; members keep the order in which they were set.
class JsonObject {
 public:
  JsonObject();
  ~JsonObject();
  JsonObject(JsonObject&&) noexcept;
  JsonObject& operator=(JsonObject&&) noexcept;

  // Text that is not valid UTF-8 gets replacement characters.
  JsonObject& Set(absl::string_view name, absl::string_view text);
  JsonObject& Set(absl::string_view name, uint64_t number);
  JsonObject& Set(absl::string_view name, double number);
  JsonObject& Set(absl::string_view name, const std::vector<std::string>& list);
  JsonObject& Set(absl::string_view name, const std::vector<uint32_t>& list);
  JsonObject& Set(absl::string_view name, std::vector<JsonObject> list);
  JsonObject& Set(absl::string_view name, JsonObject object);

  // On one line, control characters escaped.
  std::string ToString() const;

 private:
  struct Value;
  std::unique_ptr<Value> value_;
};

}  // namespace pgbale

#endif  // PGBALE_ENGINE_INSPECT_JSON_OBJECT_H_
