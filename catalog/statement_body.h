// A body with known statements, for what SqlBody cannot say: objects that
// ALTER TABLE drops, objects with a tablespace.

#ifndef PGBALE_CATALOG_STATEMENT_BODY_H_
#define PGBALE_CATALOG_STATEMENT_BODY_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/pg/quote.h"
#include "catalog/object.h"

namespace pgbale {

// What drops an object; no statements: it goes with another one.
struct DropStatements {
  std::vector<std::string> plain, if_exists;
};

// Of a constraint (quoted) of a table (quoted). `only` is "ONLY " or "".
inline DropStatements DropConstraint(absl::string_view only,
                                     absl::string_view table,
                                     absl::string_view constraint) {
  return {{absl::StrCat("ALTER TABLE ", only, table, " DROP CONSTRAINT ",
                        constraint)},
          {absl::StrCat("ALTER TABLE IF EXISTS ", only, table,
                        " DROP CONSTRAINT IF EXISTS ", constraint)}};
}

// `drop` for a restore that drops what may be there: what has no IF EXISTS, or
// one that does not tolerate all that can be missing, must not end it.
inline std::string UnlessMissing(absl::string_view drop) {
  return absl::StrCat(
      "DO ", pg::DollarQuote(absl::StrCat(
                 "BEGIN ", drop,
                 "; EXCEPTION WHEN undefined_object OR invalid_schema_name "
                 "THEN NULL; END")));
}

class StatementBody : public Body {
 public:
  // `tablespace` is raw; empty: the database's. `alter` as Entry::alter.
  StatementBody(std::vector<std::string> create, DropStatements drop,
                std::string tablespace = "",
                std::vector<std::string> alter = {})
      : create_(std::move(create)),
        drop_(std::move(drop)),
        tablespace_(std::move(tablespace)),
        alter_(std::move(alter)) {}

  void Emit(const Catalog&, const Object&, Entry& entry) const override {
    entry.create = create_;
    entry.drop = drop_.plain;
    entry.drop_if_exists = drop_.if_exists;
    entry.tablespace = tablespace_;
    entry.alter = alter_;
  }

 private:
  std::vector<std::string> create_;
  DropStatements drop_;
  std::string tablespace_;
  std::vector<std::string> alter_;
};

}  // namespace pgbale

#endif  // PGBALE_CATALOG_STATEMENT_BODY_H_
