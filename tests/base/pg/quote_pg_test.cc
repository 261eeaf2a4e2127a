#include "absl/strings/str_cat.h"
#include "base/pg/quote.h"
#include "tests/support/random.h"
#include "tests/support/server.h"
#include "tests/support/status_matchers.h"

namespace pgbale::pg {
namespace {

class QuotePgTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    ASSERT_OK_AND_ASSIGN(
        connection_, Connection::Open(TestServer::Get().options("postgres")));
  }
  std::unique_ptr<Connection> connection_;
};

std::string RandomText(Random& random) {
  static constexpr absl::string_view kCharacters = "ab\"'\\$_ \n.;E$$_X";
  std::string text;
  for (uint64_t n = random.Below(12); n > 0; --n)
    text += kCharacters[random.Below(kCharacters.size())];
  return text;
}

TEST_F(QuotePgTest, EveryKeywordIsQuotedAsTheServerDoes) {
  ASSERT_OK_AND_ASSIGN(
      const Result words,
      connection_->Query("SELECT word, pg_catalog.quote_ident(word)"
                         " FROM pg_catalog.pg_get_keywords()"));
  ASSERT_GT(words.rows(), 400);
  for (const Row row : words) {
    // A keyword of a later version is quoted here and not there.
    if (row.str(0) == row.str(1)) continue;
    EXPECT_EQ(QuoteIdentifier(row.text(0)), row.str(1));
  }
}

TEST_F(QuotePgTest, AnyNameComesBack) {
  Random random;
  for (int i = 0; i < 200; ++i) {
    const std::string name = absl::StrCat("x", RandomText(random));
    ASSERT_OK_AND_ASSIGN(
        const Result result,
        connection_->Query("SELECT pg_catalog.quote_ident($1)", {name}));
    ASSERT_EQ(QuoteIdentifier(name), result.row(0).str(0));
  }
}

TEST_F(QuotePgTest, AnyLiteralComesBack) {
  Random random;
  for (int i = 0; i < 200; ++i) {
    const std::string text = RandomText(random);
    ASSERT_OK_AND_ASSIGN(const Result result, connection_->Query(absl::StrCat(
                                                  "SELECT ", QuoteLiteral(text),
                                                  ", ", DollarQuote(text))));
    ASSERT_EQ(result.row(0).str(0), text);
    ASSERT_EQ(result.row(0).str(1), text);
  }
}

}  // namespace
}  // namespace pgbale::pg
