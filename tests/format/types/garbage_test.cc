// What is no value of a type must do no harm; and what the fuzzer starts from
// are values.

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "format/types/type_codec.h"
#include "gtest/gtest.h"
#include "tests/support/paths.h"
#include "tests/support/random.h"
#include "tests/support/type_values.h"

namespace pgbale {
namespace {

class TypeCodecGarbage : public ::testing::Test {
 protected:
  // Changes, adds and drops octets here and there.
  std::string Damaged(std::string text) {
    for (uint64_t i = 1 + random_.Below(3); i > 0; --i) {
      const size_t at = random_.Below(text.size() + 1);
      const char octet = "0123456789-+.:,/ \"\\'{}[]()eBC"[random_.Below(29)];
      if (random_.OneIn(3) && at < text.size())
        text.erase(at, 1);
      else if (random_.OneIn(2) && at < text.size())
        text[at] = octet;
      else
        text.insert(at, 1, octet);
    }
    return text;
  }

  // What FromText takes must be printed as it was.
  bool ComesBackIfTaken(const TypeCodec& codec, const std::string& text) {
    Buffer binary;
    if (!codec.FromText(text, binary)) return true;
    std::string printed;
    return codec.ToText(binary, printed) && printed == text;
  }

  Random random_;
};

TEST_F(TypeCodecGarbage, TextThatIsTakenIsPrintedAsItWas) {
  for (const TypeValues& type : ScalarValues()) {
    const TypeCodec& codec = *FindBuiltInType(type.type)->codec;
    const TypeCodec& array =
        *FindBuiltInType(absl::StrCat(type.type, "[]"))->codec;
    for (int i = 0; i < 300; ++i) {
      const std::string text = Damaged(type.make(random_));
      EXPECT_TRUE(ComesBackIfTaken(codec, text)) << type.type << " " << text;
      const std::string more = Damaged(MakeArray(type, random_));
      EXPECT_TRUE(ComesBackIfTaken(array, more)) << type.type << " " << more;
    }
  }
}

TEST_F(TypeCodecGarbage, RangesThatAreTakenArePrintedAsTheyWere) {
  for (const TypeValues& type : RangeValues()) {
    for (int i = 0; i < 1000; ++i) {
      const std::string text = Damaged(type.make(random_));
      EXPECT_TRUE(ComesBackIfTaken(*FindBuiltInType(type.type)->codec, text))
          << text;
    }
  }
}

TEST_F(TypeCodecGarbage, AnyOctetsArePrintedOrRefused) {
  for (const TypeValues& type : ScalarValues()) {
    const BuiltInType& built_in = *FindBuiltInType(type.type);
    for (int i = 0; i < 300; ++i) {
      const Buffer octets = random_.Octets(
          built_in.width != 0 ? built_in.width : random_.Below(40));
      std::string text = "x";
      const bool prints = built_in.codec->ToText(octets, text);
      EXPECT_TRUE(prints || text == "x") << type.type;
    }
  }
}

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

TEST(TypeCodecSeeds, AreValuesOfEveryType) {
  std::set<uint32_t> oids;
  for (const auto& file : std::filesystem::directory_iterator(
           absl::StrCat(kSourceDir, "/tests/fuzz/seeds/type_codec_fuzz"))) {
    const std::string seed = ReadFile(file.path());
    const std::pair<std::string, std::string> parts =
        absl::StrSplit(seed, absl::MaxSplits('\n', 1));
    const BuiltInType* const type = FindBuiltInType(parts.first);
    ASSERT_NE(type, nullptr) << file.path();
    Buffer binary;
    std::string printed;
    EXPECT_TRUE(type->codec->FromText(parts.second, binary)) << file.path();
    EXPECT_TRUE(type->codec->ToText(binary, printed)) << file.path();
    EXPECT_EQ(printed, parts.second) << file.path();
    oids.insert(type->oid);
  }
  for (const auto* types : {&ScalarValues(), &RangeValues()})
    for (const TypeValues& type : *types)
      EXPECT_TRUE(oids.contains(FindBuiltInType(type.type)->oid)) << type.type;
}

}  // namespace
}  // namespace pgbale
