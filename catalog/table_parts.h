// What CREATE TABLE inlines: column defaults and generation expressions,
// check and not-null constraints. Their kinds collect them; the table prints
// those that are still inlined when the objects are in order, and the others
// are statements of their own.
//
// Immutable. Thread-compatible.

#ifndef PGBALE_CATALOG_TABLE_PARTS_H_
#define PGBALE_CATALOG_TABLE_PARTS_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "catalog/address.h"
#include "catalog/object.h"
#include "format/entry.h"

namespace pgbale {

// A column's default or generation expression.
class DefaultBody : public Body {
 public:
  DefaultBody(Oid relation, int16_t column, std::string expression)
      : relation_(relation),
        column_(column),
        expression_(std::move(expression)) {}

  // ALTER TABLE … SET DEFAULT. Not for generation expressions: a column
  // cannot become a generated one.
  void Emit(const Catalog& catalog, const Object& object,
            Entry& entry) const override;

  int16_t column() const { return column_; }
  const std::string& expression() const { return expression_; }

 private:
  const Oid relation_;
  const int16_t column_;
  const std::string expression_;
};

// A constraint of a table that its children inherit. `object.name` is its
// name.
class TableConstraintBody : public Body {
 public:
  // `definition` as pg_get_constraintdef() gives it. A constraint that is not
  // `local` comes from a parent of the table. `need` is the definition's.
  TableConstraintBody(Oid relation, bool local, std::string definition,
                      ServerNeed need)
      : relation_(relation),
        local_(local),
        definition_(std::move(definition)),
        need_(std::move(need)) {}

  // ALTER TABLE … ADD CONSTRAINT; nothing if a parent's statement adds it.
  void Emit(const Catalog& catalog, const Object& object,
            Entry& entry) const override;

  bool local() const { return local_; }
  const std::string& definition() const { return definition_; }
  const ServerNeed& need() const { return need_; }

 private:
  const Oid relation_;
  const bool local_;
  const std::string definition_;
  const ServerNeed need_;
};

// A named NOT NULL of a column (servers 18 and later).
struct NotNull {
  int16_t column = 0;
  bool local = false;
  bool no_inherit = false;
  // Raw; empty if it is the name that the server would choose.
  std::string name;
};

// Inlined not-null constraints of one table. There is one for nearly every
// column of a database, so that an object holds all of a table but those with
// a comment, which are objects of their own.
class NotNullBody : public Body {
 public:
  explicit NotNullBody(std::vector<NotNull> columns)
      : columns_(std::move(columns)) {}

  // Nothing: they are always inlined.
  void Emit(const Catalog& catalog, const Object& object,
            Entry& entry) const override;

  const std::vector<NotNull>& columns() const { return columns_; }

 private:
  const std::vector<NotNull> columns_;
};

}  // namespace pgbale

#endif  // PGBALE_CATALOG_TABLE_PARTS_H_
