#include "engine/inspect/json_object.h"

#include <nlohmann/json.hpp>
#include <utility>

namespace pgbale {

struct JsonObject::Value {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();

  nlohmann::ordered_json& At(absl::string_view name) {
    return json[std::string(name)];
  }
};

JsonObject::JsonObject() : value_(std::make_unique<Value>()) {}
JsonObject::~JsonObject() = default;
JsonObject::JsonObject(JsonObject&&) noexcept = default;
JsonObject& JsonObject::operator=(JsonObject&&) noexcept = default;

JsonObject& JsonObject::Set(absl::string_view name, absl::string_view text) {
  value_->At(name) = std::string(text);
  return *this;
}

JsonObject& JsonObject::Set(absl::string_view name, uint64_t number) {
  value_->At(name) = number;
  return *this;
}

JsonObject& JsonObject::Set(absl::string_view name, double number) {
  value_->At(name) = number;
  return *this;
}

JsonObject& JsonObject::Set(absl::string_view name,
                            const std::vector<std::string>& list) {
  value_->At(name) = list;
  return *this;
}

JsonObject& JsonObject::Set(absl::string_view name,
                            const std::vector<uint32_t>& list) {
  value_->At(name) = list;
  return *this;
}

JsonObject& JsonObject::Set(absl::string_view name,
                            std::vector<JsonObject> list) {
  nlohmann::ordered_json array = nlohmann::ordered_json::array();
  for (JsonObject& object : list)
    array.push_back(std::move(object.value_->json));
  value_->At(name) = std::move(array);
  return *this;
}

JsonObject& JsonObject::Set(absl::string_view name, JsonObject object) {
  value_->At(name) = std::move(object.value_->json);
  return *this;
}

std::string JsonObject::ToString() const {
  return value_->json.dump(-1, ' ', /*ensure_ascii=*/false,
                           nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace pgbale
