// AGGREGATE: plain, ordered-set and hypothetical-set aggregates, with their
// moving forms. A row of pg_proc too: GRANT calls it a FUNCTION.

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"
#include "catalog/collector.h"
#include "catalog/extension_dependency.h"
#include "catalog/routine_parts.h"

namespace pgbale {
namespace {

enum Field {
  kOid,
  kSchema,
  kName,
  kOwner,
  kArgumentTypes,
  kIdentityArguments,
  kArguments,
  kArgumentCount,
  kAggregateKind,
  kTransition,
  kTransitionType,
  kTransitionSpace,
  kInitial,
  kFinal,
  kFinalExtra,
  kFinalModify,
  kCombine,
  kSerial,
  kDeserial,
  kMovingTransition,
  kMovingInverse,
  kMovingType,
  kMovingSpace,
  kMovingInitial,
  kMovingFinal,
  kMovingFinalExtra,
  kMovingFinalModify,
  kSortOperatorSchema,
  kSortOperator,
  kParallel,
  kExtensions,
  kSortDetail
};

// regproc prints a name that is found under the empty search_path.
std::string FunctionOrNull(absl::string_view column) {
  return absl::StrCat("CASE WHEN ", column, " <> 0 THEN ", column, " END, ");
}

std::string AggregatesSql() {
  return absl::StrCat(
      "SELECT p.oid, n.nspname, p.proname, "
      "pg_catalog.pg_get_userbyid(p.proowner), "
      "pg_catalog.oidvectortypes(p.proargtypes), "
      "pg_catalog.pg_get_function_identity_arguments(p.oid), "
      "pg_catalog.pg_get_function_arguments(p.oid), p.pronargs, a.aggkind, "
      "a.aggtransfn, pg_catalog.format_type(a.aggtranstype, NULL), "
      "nullif(a.aggtransspace, 0), a.agginitval, ",
      FunctionOrNull("a.aggfinalfn"), "a.aggfinalextra, a.aggfinalmodify, ",
      FunctionOrNull("a.aggcombinefn"), FunctionOrNull("a.aggserialfn"),
      FunctionOrNull("a.aggdeserialfn"), FunctionOrNull("a.aggmtransfn"),
      "a.aggminvtransfn, pg_catalog.format_type(a.aggmtranstype, NULL), "
      "nullif(a.aggmtransspace, 0), a.aggminitval, ",
      FunctionOrNull("a.aggmfinalfn"),
      "a.aggmfinalextra, a.aggmfinalmodify, "
      "opn.nspname, op.oprname, p.proparallel, ex.names, ",
      kRoutineSortDetail,
      " FROM pg_catalog.pg_aggregate a "
      "JOIN pg_catalog.pg_proc p ON p.oid = a.aggfnoid "
      "JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace "
      "LEFT JOIN pg_catalog.pg_operator op ON op.oid = a.aggsortop "
      "LEFT JOIN pg_catalog.pg_namespace opn ON opn.oid = op.oprnamespace",
      ExtensionNamesJoin(catalog_oid::kProc, "p.oid"), "WHERE ", kUserSchema,
      " ORDER BY p.oid");
}

absl::string_view ModifyWord(absl::string_view letter) {
  if (letter == "r") return "READ_ONLY";
  return letter == "s" ? "SHAREABLE" : "READ_WRITE";
}

// The definition's items: "SFUNC = f", one each.
class Items {
 public:
  explicit Items(pg::Row row) : row_(row) {}

  void AddIfSet(absl::string_view word, int field) {
    if (!row_.is_null(field)) Add(word, row_.text(field));
  }
  void AddLiteralIfSet(absl::string_view word, int field) {
    if (!row_.is_null(field)) Add(word, pg::QuoteLiteral(row_.text(field)));
  }
  // The final function of the plain or ("M") the moving form.
  void AddFinal(absl::string_view prefix, int function, int extra, int modify) {
    if (row_.is_null(function)) return;
    const std::string word = absl::StrCat(prefix, "FINALFUNC");
    Add(word, row_.text(function));
    if (row_.boolean(extra)) items_.push_back(absl::StrCat(word, "_EXTRA"));
    const absl::string_view standard =
        row_.text(kAggregateKind) == "n" ? "r" : "w";
    if (row_.text(modify) != standard)
      Add(absl::StrCat(word, "_MODIFY"), ModifyWord(row_.text(modify)));
  }
  void Add(absl::string_view word, absl::string_view value) {
    items_.push_back(absl::StrCat(word, " = ", value));
  }
  void Add(absl::string_view word) { items_.emplace_back(word); }

  std::string Join() const { return absl::StrJoin(items_, ",\n    "); }

 private:
  pg::Row row_;
  std::vector<std::string> items_;
};

void AddMoving(pg::Row row, Items& items) {
  if (!row.is_null(kMovingTransition)) {
    items.Add("MSFUNC", row.text(kMovingTransition));
    items.Add("MINVFUNC", row.text(kMovingInverse));
    items.Add("MSTYPE", row.text(kMovingType));
  }
  items.AddIfSet("MSSPACE", kMovingSpace);
  items.AddLiteralIfSet("MINITCOND", kMovingInitial);
  items.AddFinal("M", kMovingFinal, kMovingFinalExtra, kMovingFinalModify);
}

std::string Definition(pg::Row row) {
  Items items(row);
  items.Add("SFUNC", row.text(kTransition));
  items.Add("STYPE", row.text(kTransitionType));
  items.AddIfSet("SSPACE", kTransitionSpace);
  items.AddLiteralIfSet("INITCOND", kInitial);
  items.AddFinal("", kFinal, kFinalExtra, kFinalModify);
  items.AddIfSet("COMBINEFUNC", kCombine);
  items.AddIfSet("SERIALFUNC", kSerial);
  items.AddIfSet("DESERIALFUNC", kDeserial);
  AddMoving(row, items);
  if (!row.is_null(kSortOperator)) {
    // An operator's name is no identifier: it is never quoted.
    items.Add("SORTOP",
              absl::StrCat("OPERATOR(",
                           pg::QuoteIdentifier(row.text(kSortOperatorSchema)),
                           ".", row.text(kSortOperator), ")"));
  }
  if (row.text(kAggregateKind) == "h") items.Add("HYPOTHETICAL");
  if (row.text(kParallel) == "s") items.Add("PARALLEL", "safe");
  if (row.text(kParallel) == "r") items.Add("PARALLEL", "restricted");
  return items.Join();
}

void AddAggregate(Collector& collector, pg::Row row) {
  Object& object = collector.Add({catalog_oid::kProc, row.oid(kOid)});
  const bool bare = row.integer(kArgumentCount) == 0;
  const auto arguments = [&](int field) {
    return absl::StrCat("(", bare ? "*" : row.text(field), ")");
  };
  const std::string name =
      pg::QualifiedName(row.text(kSchema), row.text(kName));
  const std::string signature =
      absl::StrCat(name, arguments(kIdentityArguments));
  object.schema = row.str(kSchema);
  object.name = absl::StrCat(row.text(kName), arguments(kArgumentTypes));
  object.owner = row.str(kOwner);
  object.target = absl::StrCat("AGGREGATE ", signature);
  // GRANT knows no ORDER BY and no (*).
  object.grant_target =
      absl::StrCat("FUNCTION ", name, "(", row.text(kArgumentTypes), ")");
  object.acl_kind = 'f';
  object.sort_detail = row.str(kSortDetail);
  // Its function may have to move behind the data.
  object.loop_break = LoopBreak::kPostpone;
  std::vector<std::string> create = {
      absl::StrCat("CREATE AGGREGATE ", name, arguments(kArguments), " (\n    ",
                   Definition(row), "\n)")};
  // ALTER AGGREGATE cannot say it.
  AddDependsOnExtension(
      absl::StrCat("ROUTINE ", name, "(", row.text(kArgumentTypes), ")"),
      row.array(kExtensions), create);
  object.body =
      std::make_shared<SqlBody>(std::move(create), "AGGREGATE", signature);
}

absl::Status CollectAggregates(Collector& collector) {
  ASSIGN_OR_RETURN(pg::Result result, collector.Query(AggregatesSql()));
  for (pg::Row row : result) AddAggregate(collector, row);
  return absl::OkStatus();
}

}  // namespace

extern const Kind kAggregateKind = {"AGGREGATE", CollectAggregates};

}  // namespace pgbale
