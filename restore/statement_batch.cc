#include "restore/statement_batch.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/pg/quote.h"

namespace pgbale {
namespace {

std::string SetConfig(absl::string_view name, absl::string_view value) {
  return absl::StrCat("SELECT pg_catalog.set_config('", name, "', ",
                      pg::QuoteLiteral(value), ", false)");
}

}  // namespace

void StatementBatch::Add(absl::string_view sql) {
  AddMade(std::string(sql), nullptr);
}

void StatementBatch::AddCreate(const Entry& entry) {
  if (!entry.create.empty()) AddSettings(entry);
  for (const std::string& statement : entry.create) AddView(statement, &entry);
  AddOwner(entry);
}

void StatementBatch::AddRest(const Entry& entry) {
  for (size_t i = 1; i < entry.create.size(); ++i)
    AddView(entry.create[i], &entry);
  AddOwner(entry);
}

void StatementBatch::AddStep(const Entry& entry, size_t step) {
  AddSettings(entry);
  for (const std::string& statement : entry.steps[step].create)
    AddView(statement, &entry);
  if (step + 1 == entry.steps.size()) AddOwner(entry);
}

void StatementBatch::AddUndo(const Entry& entry, size_t step) {
  // Others may hold the tables for as long as an index takes.
  AddView("SELECT pg_catalog.set_config('lock_timeout', '2s', true)", &entry);
  AddDropOfSteps(entry, step);
}

void StatementBatch::AddDropOfSteps(const Entry& entry, size_t step) {
  while (step > 0)
    for (const std::string& statement : entry.steps[--step].undo)
      AddView(statement, &entry);
}

void StatementBatch::AddAlter(const Entry& entry) {
  for (const std::string& statement : entry.alter) AddView(statement, &entry);
  AddOwner(entry);
}

void StatementBatch::AddDrop(const Entry& entry) {
  for (const std::string& statement :
       options_.if_exists ? entry.drop_if_exists : entry.drop)
    AddView(statement, &entry);
  // An earlier restore may have ended between the steps.
  if (options_.if_exists) AddDropOfSteps(entry, entry.steps.size());
}

void StatementBatch::AddView(absl::string_view sql, const Entry* entry) {
  views_.push_back(sql);
  entries_.push_back(entry);
}

void StatementBatch::AddMade(std::string sql, const Entry* entry) {
  made_.push_back(std::move(sql));
  AddView(made_.back(), entry);
}

void StatementBatch::AddOwner(const Entry& entry) {
  if (!options_.owner) return;
  for (const std::string& target : entry.owner_targets)
    AddMade(absl::StrCat("ALTER ", target, " OWNER TO ",
                         pg::QuoteIdentifier(entry.owner)),
            &entry);
}

void StatementBatch::AddSettings(const Entry& entry) {
  if (options_.tablespaces && settings_.tablespace != entry.tablespace) {
    AddMade(SetConfig("default_tablespace", entry.tablespace), &entry);
    settings_.tablespace = entry.tablespace;
  }
  // Only tables have an access method: the others leave it as it is.
  if (!entry.access_method.empty() &&
      settings_.access_method != entry.access_method) {
    AddMade(SetConfig("default_table_access_method", entry.access_method),
            &entry);
    settings_.access_method = entry.access_method;
  }
}

}  // namespace pgbale
