// VIEW. A view in a dependency loop is made with its columns only, and gets
// its definition behind the data (ViewDefinition).

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "base/status.h"
#include "catalog/catalog.h"
#include "catalog/collector.h"
#include "catalog/kind_id.h"
#include "catalog/table_sql.h"

namespace pgbale {
namespace {

enum Field { kOid, kRule, kDefinition };

// The server takes its time to print views, so several connections share them.
constexpr int kShares = 4;

std::string ViewsSql(int share) {
  return absl::StrCat(
      "SELECT c.oid, r.oid, pg_catalog.pg_get_viewdef(c.oid) "
      "FROM pg_catalog.pg_class c "
      "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
      "JOIN pg_catalog.pg_rewrite r ON r.ev_class = c.oid "
      "AND r.rulename = '_RETURN' "
      "WHERE c.relkind = 'v' AND c.relpersistence <> 't' AND ",
      kUserSchema, " AND pg_catalog.hashoid(c.oid) & ", kShares - 1, " = ",
      share, " ORDER BY c.oid");
}

std::vector<std::string> AllViewsSql(int /*server_major*/) {
  std::vector<std::string> shares;
  for (int share = 0; share < kShares; ++share)
    shares.push_back(ViewsSql(share));
  return shares;
}

// What the loop breaker shares between a view and its definition.
class ViewBody : public Body {
 public:
  ViewBody(Oid oid, std::string definition)
      : oid_(oid), definition_(std::move(definition)) {}

  void Emit(const Catalog& catalog, const Object& object,
            Entry& entry) const override {
    const Relation* view = catalog.relations().Find(oid_);
    if (view == nullptr) return;
    if (!object.dummy && HasOption(*view, "security_invoker="))
      entry.need.Add({15, "security_invoker"});
    if (object.kind == KindId::kViewDefinition) {
      entry.create = {Real("CREATE OR REPLACE VIEW ", *view)};
      // What depends on the definition goes; the view itself is dropped by
      // its own entry.
      entry.drop = {Dummy("CREATE OR REPLACE VIEW ", *view)};
      entry.drop_if_exists = entry.drop;
      return;
    }
    entry.create = {object.dummy ? Dummy("CREATE VIEW ", *view)
                                 : Real("CREATE VIEW ", *view)};
    AddDrop(entry, "VIEW", view->qualified);
  }

 private:
  static bool HasOption(const Relation& view, absl::string_view prefix) {
    return std::any_of(view.options.begin(), view.options.end(),
                       [prefix](const std::string& option) {
                         return absl::StartsWith(option, prefix);
                       });
  }

  std::string Real(absl::string_view create, const Relation& view) const {
    // CHECK OPTION is stored as a parameter, and has words of its own.
    constexpr absl::string_view kCheckOption = "check_option=";
    std::vector<std::string> options;
    std::string check;
    for (const std::string& option : view.options) {
      if (absl::StartsWith(option, kCheckOption)) {
        check = absl::AsciiStrToUpper(absl::StripPrefix(option, kCheckOption));
      } else {
        options.push_back(option);
      }
    }
    return absl::StrCat(
        create, view.qualified,
        options.empty() ? ""
                        : absl::StrCat(" WITH (", OptionList(options, ""), ")"),
        " AS\n", definition_,
        check.empty() ? "" : absl::StrCat("\n  WITH ", check, " CHECK OPTION"));
  }

  // Columns of the right names, types and collations; none of the needs.
  static std::string Dummy(absl::string_view create, const Relation& view) {
    std::vector<std::string> columns;
    for (const RelationColumn& column : view.columns) {
      columns.push_back(
          absl::StrCat("\n    NULL::", column.type_name,
                       column.collation.empty()
                           ? ""
                           : absl::StrCat(" COLLATE ", column.collation),
                       " AS ", pg::QuoteIdentifier(column.name)));
    }
    return absl::StrCat(create, view.qualified, " AS\nSELECT",
                        absl::StrJoin(columns, ","));
  }

  const Oid oid_;
  const std::string definition_;
};

void AddView(Collector& collector, pg::Row row, const Relation& view) {
  Object& object = collector.Add(view.address());
  object.aliases = {{catalog_oid::kRewrite, row.oid(kRule)},
                    {catalog_oid::kType, view.row_type},
                    {catalog_oid::kType, view.row_type_array}};
  object.schema = view.schema;
  object.name = view.name;
  object.owner = view.owner;
  object.target = absl::StrCat("VIEW ", view.qualified);
  object.grant_target = absl::StrCat("TABLE ", view.qualified);
  object.acl_kind = 'r';
  object.loop_break = LoopBreak::kDummy;
  object.body =
      std::make_shared<ViewBody>(view.oid, ViewQuery(row.text(kDefinition)));
}

absl::Status CollectViews(Collector& collector) {
  for (const std::string& sql : AllViewsSql(collector.server_major())) {
    ASSIGN_OR_RETURN(const pg::Result result, collector.Query(sql));
    for (pg::Row row : result) {
      const Relation* view = collector.relations().Find(row.oid(kOid));
      if (view != nullptr) AddView(collector, row, *view);
    }
  }
  return absl::OkStatus();
}

}  // namespace

extern const Kind kViewKind = {.tag = "VIEW",
                               .collect = CollectViews,
                               .early_queries = AllViewsSql,
                               .collect_cost = 8};

}  // namespace pgbale
