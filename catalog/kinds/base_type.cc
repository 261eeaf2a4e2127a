// TYPE with functions of its own (base types), and types of which only the
// name was ever made (typisdefined is false). A base type's functions name the
// type: they depend on its shell type, and the type on them.

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "catalog/collector.h"
#include "catalog/type_parts.h"

namespace pgbale {
namespace {

enum Field {
  kIsDefined = kTypeFieldCount,
  kLength,
  kInput,  // functions as regproc writes them: quoted, "-" for none
  kOutput,
  kReceive,
  kSend,
  kTypmodIn,
  kTypmodOut,
  kAnalyze,
  kSubscript,
  kCollatable,
  kDefault,  // kTypeDefaultColumns
  kElement = kDefault + 2,
  kCategory,
  kPreferred,
  kDelimiter,
  kAlignment,
  kStorage,
  kByValue,
};

std::string BaseTypesSql(int server_major) {
  return absl::StrCat(
      "SELECT ", kTypeColumns,
      ", t.typisdefined, t.typlen, t.typinput, t.typoutput, t.typreceive, "
      "t.typsend, t.typmodin, t.typmodout, t.typanalyze, ",
      server_major >= 14 ? "t.typsubscript" : "'-'", ", t.typcollation <> 0, ",
      kTypeDefaultColumns,
      ", CASE WHEN t.typelem <> 0 "
      "THEN pg_catalog.format_type(t.typelem, NULL) END, t.typcategory, "
      "t.typispreferred, t.typdelim, t.typalign, t.typstorage, t.typbyval",
      kTypeFrom, "WHERE (t.typtype = 'b' AND NOT ", kIsArrayType,
      " OR NOT t.typisdefined) AND ", kUserSchema);
}

absl::string_view AlignmentWord(absl::string_view letter) {
  if (letter == "c") return "char";
  if (letter == "s") return "int2";
  if (letter == "i") return "int4";
  return "double";
}

absl::string_view StorageWord(absl::string_view letter) {
  if (letter == "p") return "plain";
  if (letter == "e") return "external";
  if (letter == "x") return "extended";
  return "main";
}

// Collects the attributes of CREATE TYPE, one a line.
class Attributes {
 public:
  explicit Attributes(pg::Row row) : row_(row) {}

  void Add(absl::string_view name, absl::string_view value) {
    absl::StrAppend(&text_, text_.empty() ? "" : ",", "\n    ", name, " = ",
                    value);
  }
  void AddFunction(absl::string_view name, int column) {
    if (row_.text(column) != "-") Add(name, row_.text(column));
  }
  // A one-letter attribute, unless it is the one that CREATE TYPE assumes.
  void AddLetter(absl::string_view name, int column,
                 absl::string_view assumed) {
    if (row_.text(column) != assumed)
      Add(name, pg::QuoteLiteral(row_.text(column)));
  }
  void AddFlag(absl::string_view name, int column) {
    if (row_.boolean(column)) Add(name, "true");
  }
  const std::string& text() const { return text_; }

 private:
  pg::Row row_;
  std::string text_;
};

std::string CreateBase(const Object& object, pg::Row row) {
  Attributes attributes(row);
  attributes.Add("INTERNALLENGTH",
                 row.integer(kLength) == -1 ? "variable" : row.text(kLength));
  attributes.AddFunction("INPUT", kInput);
  attributes.AddFunction("OUTPUT", kOutput);
  attributes.AddFunction("RECEIVE", kReceive);
  attributes.AddFunction("SEND", kSend);
  attributes.AddFunction("TYPMOD_IN", kTypmodIn);
  attributes.AddFunction("TYPMOD_OUT", kTypmodOut);
  attributes.AddFunction("ANALYZE", kAnalyze);
  attributes.AddFlag("COLLATABLE", kCollatable);
  if (const std::string value = TypeDefault(row, kDefault); !value.empty())
    attributes.Add("DEFAULT", value);
  attributes.AddFunction("SUBSCRIPT", kSubscript);
  if (!row.is_null(kElement)) attributes.Add("ELEMENT", row.text(kElement));
  attributes.AddLetter("CATEGORY", kCategory, "U");
  attributes.AddFlag("PREFERRED", kPreferred);
  attributes.AddLetter("DELIMITER", kDelimiter, ",");
  attributes.Add("ALIGNMENT", AlignmentWord(row.text(kAlignment)));
  attributes.Add("STORAGE", StorageWord(row.text(kStorage)));
  return absl::StrCat(
      "CREATE TYPE ", TypeNameOf(object), " (", attributes.text(),
      row.boolean(kByValue) ? ",\n    PASSEDBYVALUE" : "", "\n)");
}

absl::Status CollectBaseTypes(Collector& collector) {
  ASSIGN_OR_RETURN(pg::Result result,
                   collector.Query(BaseTypesSql(collector.server_major())));
  for (pg::Row row : result) {
    Object& object = AddType(collector, row, "TYPE");
    const std::string name = TypeNameOf(object);
    if (!row.boolean(kIsDefined)) {
      object.body = std::make_shared<SqlBody>(
          std::vector<std::string>{absl::StrCat("CREATE TYPE ", name)}, "TYPE",
          name);
      continue;
    }
    object.loop_break = LoopBreak::kShell;
    object.depends = {{catalog_oid::kPseudoShellType, object.address.oid}};
    // Its functions cannot be dropped before it, nor it before them.
    object.body = std::make_shared<SqlBody>(
        std::vector<std::string>{CreateBase(object, row)}, "TYPE",
        absl::StrCat(name, " CASCADE"));
  }
  return absl::OkStatus();
}

}  // namespace

extern const Kind kBaseTypeKind = {"TYPE", CollectBaseTypes};

}  // namespace pgbale
