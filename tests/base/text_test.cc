#include "base/text.h"

#include "tests/support/random.h"
#include "tests/support/status_matchers.h"

namespace pgbale {
namespace {

using absl::string_view;

TEST(Printable, LeavesTextAlone) {
  EXPECT_EQ(Printable("Größe \"a\"; 数据 😀"), "Größe \"a\"; 数据 😀");
  EXPECT_EQ(Printable(""), "");
}

TEST(Printable, ReplacesControlCharacters) {
  EXPECT_EQ(Printable("a\nb\rc\td\x1b[2Je\x7f"), "a?b?c?d?[2Je?");
  EXPECT_EQ(Printable(string_view("a\0b", 3)), "a?b");
}

TEST(Printable, ReplacesC1Controls) {
  EXPECT_EQ(Printable("a\xC2\x9B"
                      "31mb\xC2\x80\xC2\x9F"),
            "a?31mb??");
  EXPECT_EQ(Printable("\xC2\xA0"), "\xC2\xA0");
}

TEST(Printable, ReplacesLineSeparatorsAndBidiControls) {
  EXPECT_EQ(Printable("\u2028\u2029\u202A\u202E\u2066\u2069"), "??????");
  EXPECT_EQ(Printable("\u2027\u202F\u2065"), "\u2027\u202F\u2065");
}

TEST(Printable, ReplacesEachInvalidOctet) {
  EXPECT_EQ(Printable("\xFF\xFE"), "??");
  EXPECT_EQ(Printable("a\xC3"), "a?");
  EXPECT_EQ(Printable("\xC0\x8A"), "??");            // overlong line feed
  EXPECT_EQ(Printable("\xED\xA0\x80"), "???");       // surrogate
  EXPECT_EQ(Printable("\xF4\x90\x80\x80"), "????");  // above U+10FFFF
}

TEST(Printable, NeverLetsAControlOctetThrough) {
  Random random;
  for (int i = 0; i < 2000; ++i) {
    const std::string out = Printable(AsText(random.Octets(random.Below(40))));
    for (unsigned char c : out) {
      ASSERT_GE(c, 0x20);
      ASSERT_NE(c, 0x7F);
    }
    ASSERT_EQ(Printable(out), out);
  }
}

TEST(Quoted, JoinsSchemaAndName) {
  EXPECT_EQ(Quoted("a\nb"), "\"a?b\"");
  EXPECT_EQ(Quoted("s", "n"), "\"s.n\"");
  EXPECT_EQ(Quoted("", "n"), "\"n\"");
}

TEST(HumanBytes, HasThreeDigits) {
  EXPECT_EQ(HumanBytes(0), "0 B");
  EXPECT_EQ(HumanBytes(999), "999 B");
  EXPECT_EQ(HumanBytes(1000), "0.977 KiB");
  EXPECT_EQ(HumanBytes(12 << 10), "12 KiB");
  EXPECT_EQ(HumanBytes(3ull << 29), "1.5 GiB");
  EXPECT_EQ(HumanBytes(~0ull), "16 EiB");
}

TEST(HumanCount, GroupsByThousands) {
  EXPECT_EQ(HumanCount(0), "0");
  EXPECT_EQ(HumanCount(999), "999");
  EXPECT_EQ(HumanCount(1000), "1,000");
  EXPECT_EQ(HumanCount(12345678), "12,345,678");
}

TEST(HumanDuration, ChoosesTheUnit) {
  EXPECT_EQ(HumanDuration(-1), "0.0 s");
  EXPECT_EQ(HumanDuration(0.42), "0.4 s");
  EXPECT_EQ(HumanDuration(12.3), "12 s");
  EXPECT_EQ(HumanDuration(59.9), "1 min 00 s");
  EXPECT_EQ(HumanDuration(185), "3 min 05 s");
  EXPECT_EQ(HumanDuration(7380), "2 h 03 min");
}

TEST(ParseBytes, TakesBinaryUnits) {
  const std::pair<string_view, uint64_t> cases[] = {{"0", 0},
                                                    {"4096", 4096},
                                                    {"64k", 64 << 10},
                                                    {"64 KB", 64 << 10},
                                                    {"256MB", 256 << 20},
                                                    {"1GiB", 1 << 30},
                                                    {" 1.5g ", 3 << 29},
                                                    {"2T", 2ull << 40},
                                                    {"7B", 7}};
  for (const auto& [text, bytes] : cases) {
    ASSERT_OK_AND_ASSIGN(const uint64_t parsed, ParseBytes(text));
    EXPECT_EQ(parsed, bytes) << text;
  }
}

TEST(ParseBytes, RefusesAllElse) {
  for (string_view text : {"", "x", "-1", "1x", "1kk", "k", "1e3", "1..5", ".",
                           "0x10", "99999999999999999999", "17179869184G"})
    EXPECT_THAT(ParseBytes(text), FailsWith(Failure::kUsage)) << text;
}

TEST(ParseBytes, NamesTheTextAndTheForm) {
  EXPECT_THAT(ParseBytes("lots"), StatusMessageHas("\"lots\""));
  EXPECT_THAT(ParseBytes("lots"), StatusMessageHas("256MB"));
}

}  // namespace
}  // namespace pgbale
