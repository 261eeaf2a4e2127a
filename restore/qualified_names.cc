#include "restore/qualified_names.h"

#include <cstddef>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/pg/quote.h"
#include "base/status.h"
#include "base/text.h"

namespace pgbale {
namespace {

constexpr absl::string_view kOperatorCharacters = "+-*/<>=~!@#%^&|`?";

bool IsWordOctet(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' ||
         c == '$' || (static_cast<unsigned char>(c) & 0x80) != 0;
}
bool IsWordStart(char c) {
  return IsWordOctet(c) && c != '$' &&
         !absl::ascii_isdigit(static_cast<unsigned char>(c));
}

// A piece of a statement; all of them together are the statement.
struct Piece {
  enum class Kind {
    kBlank,
    kName,      // `text` is raw, quoted or not
    kOperator,  // what can be one
    kConstant,  // '…', `text` is what it stands for
    kBody,      // $tag$…$tag$, and other constants
    kOther,     // a character
  };
  Kind kind = Kind::kOther;
  absl::string_view source;
  std::string text = {};

  bool Is(absl::string_view sign) const {
    return kind != Kind::kConstant && kind != Kind::kBody && source == sign;
  }
  bool IsNameOrOperator() const {
    return kind == Kind::kName || kind == Kind::kOperator;
  }
};

class Cutter {
 public:
  explicit Cutter(absl::string_view statement) : rest_(statement) {}

  std::vector<Piece> Run() {
    while (!rest_.empty()) TakePiece();
    return std::move(pieces_);
  }

 private:
  using Kind = Piece::Kind;

  void TakePiece() {
    const char c = rest_[0];
    if (c == '\'') return TakeQuoted('\'', Kind::kConstant);
    if (c == '"') return TakeQuoted('"', Kind::kName);
    if (c == '$') return TakeBody();
    if (absl::ascii_isspace(static_cast<unsigned char>(c)))
      return TakeWhile(Kind::kBlank, [](char d) {
        return absl::ascii_isspace(static_cast<unsigned char>(d));
      });
    if (IsWordStart(c)) return TakeWord();
    if (IsWordOctet(c)) return TakeWhile(Kind::kOther, IsWordOctet);
    if (absl::StrContains(kOperatorCharacters, c))
      return TakeWhile(Kind::kOperator, [](char d) {
        return absl::StrContains(kOperatorCharacters, d);
      });
    Take(Kind::kOther, 1);
  }

  void Take(Kind kind, size_t octets) {
    const absl::string_view source = rest_.substr(0, octets);
    pieces_.push_back({kind, source, std::string(source)});
    rest_.remove_prefix(source.size());
  }

  template <typename F>
  void TakeWhile(Kind kind, F is) {
    size_t octets = 1;
    while (octets < rest_.size() && is(rest_[octets])) ++octets;
    Take(kind, octets);
  }

  // E'…' has backslashes; of what stands before other constants (B, X, U&) it
  // is enough that it stays where it is.
  void TakeWord() {
    if (rest_.size() > 1 && rest_[1] == '\'' &&
        (rest_[0] == 'E' || rest_[0] == 'e'))
      return TakeEscaped();
    TakeWhile(Kind::kName, IsWordOctet);
  }

  void TakeEscaped() {
    size_t at = 2;
    while (at < rest_.size()) {
      if (rest_[at] == '\'' &&
          (at + 1 == rest_.size() || rest_[at + 1] != '\''))
        break;
      at += rest_[at] == '\\' || rest_[at] == '\'' ? 2 : 1;
    }
    Take(Kind::kBody, at + 1);
  }

  void TakeQuoted(char quote, Kind kind) {
    std::string text;
    size_t at = 1;
    for (; at < rest_.size(); ++at) {
      if (rest_[at] == quote) {
        if (at + 1 == rest_.size() || rest_[at + 1] != quote) break;
        ++at;
      }
      text += rest_[at];
    }
    Take(kind, at + 1);
    pieces_.back().text = std::move(text);
  }

  void TakeBody() {
    size_t tag = 1;
    while (tag < rest_.size() && IsWordOctet(rest_[tag]) && rest_[tag] != '$')
      ++tag;
    if (tag == rest_.size() || rest_[tag] != '$') return Take(Kind::kOther, 1);
    const absl::string_view quote = rest_.substr(0, tag + 1);
    const size_t end = rest_.find(quote, quote.size());
    if (end == absl::string_view::npos) return Take(Kind::kOther, 1);
    Take(Kind::kBody, end + quote.size());
  }

  absl::string_view rest_;
  std::vector<Piece> pieces_;
};

// True if piece `at`, a constant, names an object: 'x'::regclass, or the
// argument of setval.
bool IsNameConstant(const std::vector<Piece>& pieces, size_t at) {
  const auto is = [&](size_t i, absl::string_view sign) {
    return i < pieces.size() && pieces[i].Is(sign);
  };
  if (at >= 2 && is(at - 1, "(") && is(at - 2, "setval")) return true;
  if (!is(at + 1, ":") || !is(at + 2, ":")) return false;
  size_t type = at + 3;
  if (is(type, "pg_catalog") && is(type + 1, ".")) type += 2;
  return type < pieces.size() && pieces[type].kind == Piece::Kind::kName &&
         absl::StartsWith(pieces[type].text, "reg");
}

// Of a word in a text, where "$" may stand beside it.
bool IsLetter(char c) { return IsWordOctet(c) && c != '$'; }

std::vector<absl::string_view> Words(absl::string_view text) {
  std::vector<absl::string_view> words;
  for (size_t at = 0; at < text.size(); ++at) {
    const size_t begin = at;
    while (at < text.size() && IsLetter(text[at])) ++at;
    if (at > begin) words.push_back(text.substr(begin, at - begin));
  }
  return words;
}

// True if `name` stands in `text`, and not as a part of a word.
bool Holds(absl::string_view text, absl::string_view name) {
  for (size_t at = text.find(name); at != absl::string_view::npos;
       at = text.find(name, at + 1)) {
    const size_t end = at + name.size();
    if ((at == 0 || !IsLetter(text[at - 1])) &&
        (end == text.size() || !IsLetter(text[end])))
      return true;
  }
  return false;
}

}  // namespace

std::string WithSchemasMapped(absl::string_view statement,
                              const SchemaMap& map) {
  const std::vector<Piece> pieces = Cutter(statement).Run();
  std::string mapped;
  for (size_t i = 0; i < pieces.size(); ++i) {
    const Piece& piece = pieces[i];
    if (piece.kind == Piece::Kind::kConstant && IsNameConstant(pieces, i)) {
      mapped += pg::QuoteLiteral(WithSchemasMapped(piece.text, map));
      continue;
    }
    const bool qualifies = piece.kind == Piece::Kind::kName &&
                           i + 2 < pieces.size() && pieces[i + 1].Is(".") &&
                           pieces[i + 2].IsNameOrOperator() &&
                           (i == 0 || !pieces[i - 1].Is("."));
    const auto found =
        qualifies ? map.find({piece.text, pieces[i + 2].text}) : map.end();
    if (found == map.end())
      absl::StrAppend(&mapped, piece.source);
    else
      mapped += pg::QuoteIdentifier(found->second);
  }
  return mapped;
}

NamesInTexts::NamesInTexts(const std::set<std::string>& names) {
  for (const std::string& name : names) {
    if (absl::c_all_of(name, IsLetter))
      words_.insert(name);
    else
      others_.push_back(name);
  }
}

std::set<std::string> NamesInTexts::MentionedBy(
    absl::string_view statement) const {
  std::set<std::string> found;
  const std::vector<Piece> pieces = Cutter(statement).Run();
  for (size_t i = 0; i < pieces.size(); ++i) {
    const Piece& piece = pieces[i];
    const bool is_text =
        piece.kind == Piece::Kind::kBody ||
        (piece.kind == Piece::Kind::kConstant && !IsNameConstant(pieces, i));
    if (!is_text) continue;
    for (const std::string& other : others_)
      if (Holds(piece.text, other)) found.insert(other);
    for (const absl::string_view word : Words(piece.text))
      if (words_.contains(word)) found.emplace(word);
  }
  return found;
}

absl::StatusOr<QualifiedName> ParseQualifiedName(absl::string_view text) {
  std::vector<std::string> names;
  bool expected = true;  // a name
  for (const Piece& piece : Cutter(text).Run()) {
    const bool is_name = piece.kind == Piece::Kind::kName;
    if (is_name != expected || (!is_name && !piece.Is("."))) {
      names.clear();
      break;
    }
    if (is_name)
      names.push_back(piece.source[0] == '"'
                          ? piece.text
                          : absl::AsciiStrToLower(piece.text));
    expected = !expected;
  }
  if (expected || names.empty() || names.size() > 2)
    return MakeError(Failure::kUsage,
                     absl::StrCat(Quoted(text),
                                  " is no name such as t, s.t or "
                                  "\"My schema\".\"My table\""));
  if (names.size() == 1) return QualifiedName("", names[0]);
  return QualifiedName(names[0], names[1]);
}

}  // namespace pgbale
