#include "format/types/type_codec.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace pgbale {
namespace {

const TypeCodec& CodecOf(absl::string_view type) {
  const BuiltInType* const built_in = FindBuiltInType(type);
  EXPECT_NE(built_in, nullptr) << type;
  return *built_in->codec;
}

std::string WithoutSpaces(absl::string_view hex) {
  return absl::StrReplaceAll(hex, {{" ", ""}});
}

// What ToText makes of `hex`; "refused" if it refuses.
std::string Printed(absl::string_view type, absl::string_view hex) {
  std::string text;
  const std::string binary = absl::HexStringToBytes(WithoutSpaces(hex));
  if (CodecOf(type).ToText(AsBytes(binary), text)) return text;
  return "refused";
}

// What FromText makes of `text` in hexadecimal; "refused" if it refuses.
std::string Parsed(absl::string_view type, absl::string_view text) {
  Buffer binary;
  if (CodecOf(type).FromText(text, binary))
    return absl::BytesToHexString(AsText(binary));
  return "refused";
}

// Both forms of one value.
void ExpectPair(absl::string_view type, const std::string& hex,
                const std::string& text) {
  EXPECT_EQ(Printed(type, hex), text) << type;
  EXPECT_EQ(Parsed(type, text), WithoutSpaces(hex)) << type;
}

void ExpectTextsRefused(absl::string_view type,
                        const std::vector<std::string>& texts) {
  for (const std::string& text : texts)
    EXPECT_EQ(Parsed(type, text), "refused") << type << " " << text;
}

void ExpectBinariesRefused(absl::string_view type,
                           const std::vector<std::string>& hexes) {
  for (const std::string& hex : hexes)
    EXPECT_EQ(Printed(type, hex), "refused") << type << " " << hex;
}

TEST(TypeCodec, TypesAreFoundByWhatTheServerCallsThem) {
  for (const char* type :
       {"numeric(12,2)", "character varying(10)", "bpchar", "character(3)",
        "timestamp(3) with time zone", "interval day to second(2)", "bit(4)",
        "\"bit\"", "\"char\"", "numeric(12,2)[]", "interval(3)[]"})
    EXPECT_NE(FindBuiltInType(type), nullptr) << type;
  EXPECT_EQ(FindBuiltInType("timestamp(3) with time zone")->oid, 1184u);
  EXPECT_EQ(FindBuiltInType("numeric(12,2)[]")->oid, 1231u);
  EXPECT_EQ(FindBuiltInType(23)->name, "integer");
}

TEST(TypeCodec, OtherTypesHaveNone) {
  for (const char* type : {"", "public.integer", "xml", "regclass", "tsquery",
                           "integer[][]", "(", "numeric)("})
    EXPECT_EQ(FindBuiltInType(type), nullptr) << type;
  EXPECT_EQ(FindBuiltInType(0u), nullptr);
}

TEST(TypeCodec, ValuesAreAppended) {
  std::string text = "a";
  Buffer binary(1, uint8_t{0});
  EXPECT_TRUE(CodecOf("boolean").ToText(AsBytes("\1"), text));
  EXPECT_TRUE(CodecOf("boolean").FromText("t", binary));
  EXPECT_EQ(text, "at");
  EXPECT_THAT(binary, ::testing::ElementsAre(0, 1));
}

TEST(TypeCodec, WhatIsRefusedLeavesTheOutputAsItWas) {
  std::string text = "a";
  Buffer binary(1, uint8_t{7});
  EXPECT_FALSE(CodecOf("integer[]").FromText("{1,2,x}", binary));
  EXPECT_FALSE(CodecOf("point").ToText(AsBytes("12345678"), text));
  EXPECT_EQ(text, "a");
  EXPECT_THAT(binary, ::testing::ElementsAre(7));
}

TEST(TypeCodec, Integers) {
  ExpectPair("smallint", "8000", "-32768");
  ExpectPair("integer", "7fffffff", "2147483647");
  ExpectPair("bigint", "8000000000000000", "-9223372036854775808");
  ExpectPair("oid", "ffffffff", "4294967295");
  ExpectPair("xid8", "ffffffffffffffff", "18446744073709551615");
  ExpectTextsRefused("smallint", {"", "-", "-0", "+1", "01", "-01", " 1", "1 ",
                                  "32768", "1e3", "0x1", "1.0"});
  ExpectTextsRefused("oid", {"-1", "4294967296"});
  ExpectBinariesRefused("integer", {"", "000000", "0000000000"});
}

TEST(TypeCodec, Booleans) {
  ExpectPair("boolean", "01", "t");
  ExpectPair("boolean", "00", "f");
  ExpectTextsRefused("boolean", {"", "true", "T", "1", "tt"});
  ExpectBinariesRefused("boolean", {"", "02", "0101"});
}

TEST(TypeCodec, FloatsAreAsShortAsTheyCanBe) {
  ExpectPair("double precision", "3fb999999999999a", "0.1");
  ExpectPair("double precision", "8000000000000000", "-0");
  ExpectPair("double precision", "0000000000000001", "5e-324");
  ExpectPair("double precision", "7fefffffffffffff", "1.7976931348623157e+308");
  ExpectPair("double precision", "430c6bf526340000", "1e+15");
  ExpectPair("double precision", "42d6bcc41e900000", "100000000000000");
  ExpectPair("double precision", "3f1a36e2eb1c432d", "0.0001");
  ExpectPair("double precision", "3ee4f8b588e368f1", "1e-05");
  ExpectPair("real", "49742400", "1e+06");
  ExpectPair("real", "47c35000", "100000");
  ExpectPair("real", "7f7fffff", "3.4028235e+38");
}

TEST(TypeCodec, FloatsInTheMiddleOfTwoHaveMoreDigits) {
  ExpectPair("double precision", "44b52d02c7e14af6", "9.999999999999999e+22");
  ExpectTextsRefused("double precision", {"1e+23"});
  ExpectPair("real", "50000000", "8.589935e+09");
}

TEST(TypeCodec, FloatsOfFewDigitsComeBack) {
  const std::string digits = "123456789012345";
  for (size_t count = 1; count <= digits.size(); ++count) {
    for (size_t whole = 0; whole < count; ++whole) {
      const std::string text = (whole == 0 ? "-0" : digits.substr(0, whole)) +
                               "." + digits.substr(whole, count - whole);
      if (text.back() == '0') continue;
      for (const char* type : {"real", "double precision"}) {
        if (type == std::string("real") && count > 6) continue;
        EXPECT_EQ(Printed(type, Parsed(type, text)), text);
      }
    }
  }
}

TEST(TypeCodec, FloatsThatAreNoNumbers) {
  ExpectPair("double precision", "7ff8000000000000", "NaN");
  ExpectPair("double precision", "fff0000000000000", "-Infinity");
  ExpectPair("real", "7f800000", "Infinity");
  EXPECT_EQ(Printed("real", "ffc00001"), "NaN");
  ExpectTextsRefused("real", {"", "nan", "inf", "-NaN", "1.0", "1e10", "1e+010",
                              "0.10", ".1", "1.", "0x1p3", "1e+99", " 1"});
}

TEST(TypeCodec, Numerics) {
  ExpectPair("numeric", "0000000000000000", "0");
  ExpectPair("numeric", "0000000000000003", "0.000");
  ExpectPair("numeric", "0001000140000000 0001", "-10000");
  ExpectPair("numeric", "0002000000000002 000c0d48", "12.34");
  ExpectPair("numeric", "0001ffff00000004 0001", "0.0001");
  ExpectPair("numeric", "0001fffe00000006 0064", "0.000001");
  ExpectPair("numeric", "0001000000000006 270f", "9999.000000");
  ExpectPair("numeric", "00000000c0000000", "NaN");
  ExpectPair("numeric", "00000000d0000020", "Infinity");
  ExpectPair("numeric", "00000000f0000020", "-Infinity");
}

TEST(TypeCodec, NumericsSpelledOtherwiseAreRefused) {
  ExpectTextsRefused(
      "numeric", {"", "-", ".", "-0", "-0.00", "00", "01", "1.", ".5", "+1",
                  "1e5", "nan", "1.5 ", "--1", "1.2.3",
                  std::string(131073, '1'), "0." + std::string(16384, '0')});
  ExpectBinariesRefused(
      "numeric",
      {"", "00000000000000", "0001000000000000", "0001000000000000 2710",
       "0000000000004000", "0000000080000000", "00010000c0000000 0001"});
}

TEST(TypeCodec, NumericsOfEveryLengthComeBack) {
  for (size_t whole = 1; whole <= 12; ++whole) {
    for (size_t fraction = 1; fraction <= 12; ++fraction) {
      const std::string text = "1" + std::string(whole - 1, '0') + "." +
                               std::string(fraction - 1, '0') + "7";
      EXPECT_EQ(Printed("numeric", Parsed("numeric", text)), text);
    }
  }
  const std::string longest =
      std::string(131072, '9') + "." + std::string(16382, '0') + "1";
  EXPECT_EQ(Printed("numeric", Parsed("numeric", longest)), longest);
}

TEST(TypeCodec, Dates) {
  ExpectPair("date", "00000000", "2000-01-01");
  ExpectPair("date", "ffffffff", "1999-12-31");
  ExpectPair("date", "ffda97a7", "4714-11-24 BC");
  ExpectPair("date", "7fda970c", "5874897-12-31");
  ExpectPair("date", "fff4dbf8", "0001-12-31 BC");
  ExpectPair("date", "7fffffff", "infinity");
  ExpectPair("date", "80000000", "-infinity");
  ExpectTextsRefused(
      "date", {"", "2000-01", "2000-1-01", "1900-02-29", "2000-02-30",
               "2000-13-01", "0000-01-01", "02000-01-01", "200-01-01",
               "2000-01-01 AD", "4714-11-23 BC", "5874898-01-01", "2000-00-10",
               "2000-01-00", "99999999999-01-01"});
  ExpectBinariesRefused("date", {"ffda97a6", "7fda970d", "00", ""});
}

TEST(TypeCodec, Timestamps) {
  const char* const plain = "timestamp without time zone";
  const char* const zoned = "timestamp with time zone";
  ExpectPair(plain, "0000000000000000", "2000-01-01 00:00:00");
  ExpectPair(plain, "ffffffffffffffff", "1999-12-31 23:59:59.999999");
  ExpectPair(plain, "00000000000f4f38", "2000-01-01 00:00:01.00332");
  ExpectPair(zoned, "0000000000000000", "2000-01-01 00:00:00+00");
  ExpectPair(plain, "7fffffffffffffff", "infinity");
  ExpectPair(zoned, "fd0f7cc1411fa000", "4714-11-24 00:00:00+00 BC");
  ExpectTextsRefused(
      plain, {"2000-01-01", "2000-01-01T00:00:00", "2000-01-01 24:00:00",
              "2000-01-01 00:60:00", "2000-01-01 00:00:00+00",
              "2000-01-01 00:00:60", "2000-01-01 00:00:00.10",
              "2000-01-01 00:00:00.", "294277-01-01 00:00:00",
              "2000-01-01 00:00", "2000-01-01 00:00:00.1234567"});
  ExpectTextsRefused(zoned, {"2000-01-01 00:00:00", "2000-01-01 00:00:00+01",
                             "2000-01-01 00:00:00 BC+00"});
  ExpectBinariesRefused(plain, {"fd0f7cc1411f9fff", "7ffffffffffffffe"});
}

TEST(TypeCodec, Times) {
  ExpectPair("time without time zone", "000000141dd76000", "24:00:00");
  ExpectPair("time with time zone", "0000000000000000 fffff1f0", "00:00:00+01");
  ExpectPair("time with time zone", "0000000000000000 00003138",
             "00:00:00-03:30");
  ExpectPair("time with time zone", "0000000000000001 fffffb6c",
             "00:00:00.000001+00:19:32");
  ExpectTextsRefused("time without time zone",
                     {"24:00:00.1", "25:00:00", "1:00:00", "024:00:00", "10:00",
                      "99999999999:00:00", "9999999999:00:00"});
  ExpectTextsRefused("time with time zone",
                     {"00:00:00", "00:00:00-00", "00:00:00+16",
                      "00:00:00+01:00", "00:00:00+1", "00:00:00+01:60"});
  ExpectBinariesRefused("time without time zone", {"000000141dd76001"});
  ExpectBinariesRefused("time with time zone", {"0000000000000000 0000e100"});
}

TEST(TypeCodec, Intervals) {
  ExpectPair("interval", "0000000000000000 00000000 00000000", "00:00:00");
  ExpectPair("interval", "ffffffffffffffff 00000001 fffffff3",
             "-1 years -1 mons +1 day -00:00:00.000001");
  ExpectPair("interval", "8000000000000000 80000000 00000001",
             "1 mon -2147483648 days -2562047788:00:54.775808");
  ExpectPair("interval", "7fffffffffffffff 7fffffff 7fffffff", "infinity");
  ExpectPair("interval", "8000000000000000 80000000 80000000", "-infinity");
  ExpectTextsRefused(
      "interval",
      {"", "1", "1 day ", "1 days", "2 day", "+1 day", "12 mons", "1 mon 1 mon",
       "1 day 00:00:00", "1 day 1 mon", "0 days", "1 year 13 mons", "P1D",
       "2147483648 days", "9223372036854775808 days", "00:00:60",
       "2562047788:00:54.775808",
       "178956970 years 7 mons 2147483647 days 2562047788:00:54.775807"});
}

TEST(TypeCodec, Texts) {
  ExpectPair("text", "", "");
  ExpectPair("character varying", "c3a9", "é");
  ExpectPair("jsonb", "017b7d", "{}");
  ExpectPair("\"char\"", "00", "");
  ExpectPair("\"char\"", "41", "A");
  ExpectTextsRefused("\"char\"", {"AB", "\351", "\\351"});
  ExpectBinariesRefused("\"char\"", {"e9", "", "4141"});
  ExpectBinariesRefused("jsonb", {"", "027b7d"});
}

TEST(TypeCodec, Octets) {
  ExpectPair("bytea", "", "\\x");
  ExpectPair("bytea", "00ff10", "\\x00ff10");
  ExpectPair("uuid", "a0eebc999c0b4ef8bb6d6bb9bd380a11",
             "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11");
  ExpectPair("macaddr", "08002b010203", "08:00:2b:01:02:03");
  ExpectPair("macaddr8", "08002b0102030405", "08:00:2b:01:02:03:04:05");
  ExpectTextsRefused("bytea",
                     {"", "\\", "\\x0", "\\xAB", "\\x0g", "00", "x00"});
  ExpectTextsRefused("uuid", {"", "a0eebc999c0b4ef8bb6d6bb9bd380a11",
                              "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1",
                              "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a111",
                              "A0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"});
  ExpectBinariesRefused("uuid", {"", "00"});
}

TEST(TypeCodec, BitStrings) {
  ExpectPair("bit varying", "00000000", "");
  ExpectPair("bit varying", "00000009 8180", "100000011");
  ExpectPair("bit(8)", "00000008 05", "00000101");
  ExpectTextsRefused("bit varying", {"2", "1 "});
  ExpectBinariesRefused(
      "bit varying",
      {"", "000000", "00000001", "0000000100 00", "0000000140", "ffffffff00"});
}

TEST(TypeCodec, Networks) {
  ExpectPair("inet", "02200004 01020304", "1.2.3.4");
  ExpectPair("inet", "02180004 01020304", "1.2.3.4/24");
  ExpectPair("cidr", "02200104 01020304", "1.2.3.4/32");
  ExpectPair("inet", "03800010 00000000000000000000000000000000", "::");
  ExpectPair("inet", "03400010 20010db8000000010000000000000001",
             "2001:db8:0:1::1/64");
  ExpectPair("inet", "03800010 00000000000000000000ffff01020304",
             "::ffff:1.2.3.4");
  ExpectPair("inet", "03800010 00000000000000000000000001020304", "::1.2.3.4");
  ExpectTextsRefused(
      "inet",
      {"", "1.2.3", "1.2.3.4/33", "1.2.3.4/32", "01.2.3.4", "256.2.3.4",
       "::/129", "::0", "0:0:0:0:0:0:0:0", ":::", "1:2:3:4:5:6:7:8:9", "::ABCD",
       "1.2.3.4/", "1:2:3:4:5:6:7::", "1.2.3.4/24/5", "1.2.3.4.5"});
  ExpectBinariesRefused(
      "inet", {"", "02200104 01020304", "01200004 01020304",
               "02210004 01020304", "02200010 01020304", "02200004 010203"});
}

TEST(TypeCodec, Shapes) {
  const std::string zero = "0000000000000000", one = "3ff0000000000000";
  ExpectPair("point", one + zero, "(1,0)");
  ExpectPair("lseg", one + zero + zero + one, "[(1,0),(0,1)]");
  ExpectPair("box", one + one + zero + zero, "(1,1),(0,0)");
  ExpectPair("line", one + zero + one, "{1,0,1}");
  ExpectPair("circle", one + zero + one, "<(1,0),1>");
  ExpectPair("path", "00 00000001" + one + zero, "[(1,0)]");
  ExpectPair("path", "01 00000002" + one + zero + zero + zero, "((1,0),(0,0))");
  ExpectPair("polygon", "00000001" + one + zero, "((1,0))");
  ExpectTextsRefused("point", {"", "1,0", "(1,0", "(1,0))", "(1, 0)", "(1,)"});
  ExpectTextsRefused("polygon", {"", "()", "((1,0),)", "[(1,0)]", "((1,0)]"});
  ExpectBinariesRefused("polygon", {"", "00000000", "00000002" + one + zero});
  ExpectBinariesRefused("path", {"02 00000001" + one + zero, "01"});
}

TEST(TypeCodec, Places) {
  ExpectPair("pg_lsn", "00000016b374d848", "16/B374D848");
  ExpectPair("tid", "ffffffff ffff", "(4294967295,65535)");
  ExpectTextsRefused("pg_lsn", {"", "16", "16/b374d848", "016/0", "/0", "0/",
                                "100000000/0", "-1/0"});
  ExpectTextsRefused("tid", {"(0,65536)", "(0, 1)", "0,1", "(0,1"});
}

TEST(TypeCodec, Money) {
  ExpectPair("money", "0000000000000000", "$0.00");
  ExpectPair("money", "ffffffffffffffff", "-$0.01");
  ExpectPair("money", "8000000000000000", "-$92,233,720,368,547,758.08");
  ExpectPair("money", "000000000001869f", "$999.99");
  ExpectTextsRefused("money", {"", "$", "1.00", "$1", "$1000.00", "-$0.00",
                               "$92,233,720,368,547,758.08",
                               "$999,999,999,999,999,999,999.00"});
}

TEST(TypeCodec, Arrays) {
  ExpectPair("integer[]", "00000000 00000000 00000017", "{}");
  ExpectPair(
      "integer[]",
      "00000001 00000001 00000017 00000002 00000001 00000004 00000005 ffffffff",
      "{5,NULL}");
  ExpectPair("boolean[]",
             "00000002 00000000 00000010 00000001 00000001 00000002 fffffffe "
             "00000001 01 00000001 00",
             "[1:1][-2:-1]={{t,f}}");
  ExpectTextsRefused("integer[]", {"",
                                   "{",
                                   "}",
                                   "{1",
                                   "{1,}",
                                   "{,1}",
                                   "{1}}",
                                   "{{1},{2,3}}",
                                   "{ 1}",
                                   "{\"1\"}",
                                   "[1:2]={1,2}",
                                   "[0:2]={1,2}",
                                   "[0:1]{1,2}",
                                   "[0:1][0:0]={1,2}",
                                   "[0:0]={}",
                                   "{{}}",
                                   "{{1},2}",
                                   "{null}",
                                   "{{{{{{{1}}}}}}}",
                                   "{1;2}",
                                   "[2147483647:2147483648]={1,2}"});
}

TEST(TypeCodec, AnArrayMaySayThatItHasNullsAndHaveNone) {
  const std::string rest = " 00000017 00000001 00000001 00000004 00000005";
  EXPECT_EQ(Printed("integer[]", "00000001 00000001" + rest), "{5}");
  EXPECT_EQ(Parsed("integer[]", "{5}"),
            WithoutSpaces("00000001 00000000" + rest));
}

TEST(TypeCodec, ElementsOfArraysAreQuotedWhereTheyMust) {
  for (const char* text :
       {"{a,\"\",NULL,\"null\",\"NULL\"}", "{\"a b\",\"{\",\"}\",\",\",;}",
        "{\"\\\"\",\"\\\\\",'}", "{\"\t\",\"\n\",\"\v\",é}", "{{a},{b}}"}) {
    EXPECT_EQ(Printed("text[]", Parsed("text[]", text)), text);
  }
  ExpectTextsRefused(
      "text[]", {"{\"a\"}", "{\"a}", "{\"\\a\"}", "{\"a\"b}", "{a b}", "{a\"b}",
                 "{a\\b}", "{null}", "{\"\\"});
  EXPECT_EQ(Printed("box[]", Parsed("box[]", "{(1,1),(0,0);(2,2),(1,1)}")),
            "{(1,1),(0,0);(2,2),(1,1)}");
}

TEST(TypeCodec, ArraysWhoseBinaryFormIsWrongAreRefused) {
  const std::string header = "00000001 00000000 00000017";
  const std::string lengths = "00000001 00000001";
  ExpectBinariesRefused(
      "integer[]",
      {"", header, header + lengths, header + lengths + "0000000400000",
       header + lengths + "0000000300000000", header + lengths + "fffffffe",
       header + "7fffffff 00000001", header + "00000000 00000001",
       header + "00000001 00000001 00000004 00000001 00",
       "00000001 00000002 00000017" + lengths + "0000000400000001",
       "00000001 00000000 00000014" + lengths + "0000000400000001",
       "00000007 00000000 00000017", "00000000 00000000 0000001700",
       header + "00000002 7fffffff 0000000400000001 0000000400000001",
       "00000006 00000000 00000017" + std::string(96, '7')});
}

TEST(TypeCodec, Ranges) {
  ExpectPair("int4range", "01", "empty");
  ExpectPair("int4range", "18", "(,)");
  ExpectPair("int4range", "02 00000004 00000001 00000004 00000005", "[1,5)");
  ExpectPair("tsrange", "12 00000008 0000000000000000",
             "[\"2000-01-01 00:00:00\",)");
  ExpectTextsRefused("int4range", {"", "[,5)", "(1,]", "[1,5", "1,5", "[1 ,5)",
                                   "[\"1\",5)", "Empty", "[1,5)x", "(,", "["});
  ExpectTextsRefused(
      "tsrange", {"[2000-01-01 00:00:00,)", "[\"", "[\"2000-01-01 00:00:00,)"});
  ExpectBinariesRefused("int4range", {"0a0000000400000001", "", "03", "20",
                                      "08", "1800", "02 00000004 00000001"});
}

TEST(TypeCodec, Multiranges) {
  ExpectPair("int4multirange", "00000000", "{}");
  ExpectPair(
      "int4multirange",
      "00000002 00000009 08 00000004 00000001 00000009 10 00000004 00000005",
      "{(,1),(5,)}");
  ExpectPair("int4multirange", "00000001 00000009 12 00000004 00000001",
             "{[1,)}");
  ExpectTextsRefused("int4multirange", {"", "{", "{empty}", "{[1,2)", "{,}",
                                        "{[1,2),}", "{[1,2) ,[4,5)}"});
  ExpectBinariesRefused("int4multirange",
                        {"", "00000001", "00000001 00000001 01",
                         "00000001 ffffffff 18", "ffffffff"});
}

TEST(TypeCodec, Tsvectors) {
  ExpectPair("tsvector", "00000000", "");
  ExpectPair("tsvector", "00000002 6100 0002 c001 0005 2700 0000",
             "'a':1A,5 ''''");
  ExpectTextsRefused("tsvector",
                     {"a", "'a", "''", "'a' ", "'a':", "'a':0", "'a':1D",
                      "'a':16384", "'a':1,", "'a''b", "'a'  'b'", "'a\\b'"});
  ExpectBinariesRefused(
      "tsvector", {"", "00000001", "00000001 00 0000", "00000001 6100 0001",
                   "00000000 00", "00000001 6100 0001 0000"});
}

}  // namespace
}  // namespace pgbale
