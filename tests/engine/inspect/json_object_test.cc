#include "engine/inspect/json_object.h"

#include <utility>

#include "gtest/gtest.h"

namespace pgbale {
namespace {

TEST(JsonObject, KeepsTheOrderOfItsMembers) {
  JsonObject json;
  json.Set("type", "x").Set("b", uint64_t{18446744073709551615u}).Set("a", 0.5);
  EXPECT_EQ(json.ToString(),
            "{\"type\":\"x\",\"b\":18446744073709551615,\"a\":0.5}");
}

TEST(JsonObject, HoldsListsOfTextsAndObjects) {
  std::vector<JsonObject> objects(1);
  objects[0].Set("n", uint64_t{1});
  JsonObject json;
  json.Set("texts", std::vector<std::string>{"a", "b"});
  json.Set("objects", std::move(objects));
  json.Set("empty", JsonObject());
  EXPECT_EQ(json.ToString(),
            "{\"texts\":[\"a\",\"b\"],\"objects\":[{\"n\":1}],\"empty\":{}}");
}

TEST(JsonObject, IsOneLineOfValidUtf8WhateverItsTextsHold) {
  JsonObject json;
  json.Set("t", absl::string_view("a\nb\x1b\xff\0z", 7));
  EXPECT_EQ(json.ToString(), "{\"t\":\"a\\nb\\u001b\xEF\xBF\xBD\\u0000z\"}");
}

}  // namespace
}  // namespace pgbale
