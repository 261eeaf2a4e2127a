#include "base/pg/environment.h"

#include <libpq-fe.h>

#include <map>
#include <memory>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "base/pg/connect.h"
#include "base/status.h"
#include "base/text.h"

namespace pgbale::pg {
namespace {

struct FreeConninfo {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};
using Conninfo = std::unique_ptr<PQconninfoOption, FreeConninfo>;

using Values = std::map<std::string, std::string>;

// By keyword. libpq expands the first dbname only.
absl::StatusOr<Values> ValuesOf(const ConnectOptions& options) {
  Values values;
  bool named = false;
  for (const auto& [keyword, value] : options.parameters) {
    const bool first = keyword == "dbname" && !std::exchange(named, true);
    if (!first || !IsConnectionString(value)) {
      values[keyword] = value;
      continue;
    }
    RETURN_IF_ERROR(CheckConnectionString(value));
    const Conninfo parsed(PQconninfoParse(value.c_str(), nullptr));
    if (parsed == nullptr)
      return MakeError(Failure::kUsage, "the connection string is not valid");
    for (const PQconninfoOption* option = parsed.get();
         option->keyword != nullptr; ++option)
      if (option->val != nullptr) values[option->keyword] = option->val;
  }
  if (!options.password.empty()) values["password"] = options.password.reveal();
  return values;
}

}  // namespace

absl::StatusOr<std::vector<std::pair<std::string, std::string>>> EnvironmentOf(
    const ConnectOptions& options) {
  ASSIGN_OR_RETURN(Values values, ValuesOf(options));
  std::vector<std::pair<std::string, std::string>> environment;
  const Conninfo known(PQconndefaults());
  for (const PQconninfoOption* option = known.get();
       option != nullptr && option->keyword != nullptr; ++option) {
    const auto value = values.find(option->keyword);
    if (value == values.end() || option->envvar == nullptr) continue;
    environment.emplace_back(option->envvar, value->second);
    values.erase(value);
  }
  if (values.empty()) return environment;
  return WithHint(
      MakeError(
          Failure::kUsage,
          absl::StrCat("connection parameter ", Quoted(values.begin()->first),
                       " cannot be passed on to other programs")),
      "Put it into a service file (PGSERVICE), or leave it out.");
}

std::string ConnectionStringOf(const ConnectOptions& options) {
  absl::StatusOr<Values> values =
      ValuesOf({.parameters = options.parameters, .password = Secret()});
  if (!values.ok()) return "";
  const Conninfo known(PQconndefaults());
  for (const PQconninfoOption* option = known.get();
       option != nullptr && option->keyword != nullptr; ++option)
    // libpq's mark of what is not to be shown.
    if (const auto found = values->find(option->keyword);
        found != values->end() && absl::StrContains(option->dispchar, '*'))
      found->second = "***";
  if (values->size() == 1 && values->contains("dbname") &&
      !IsConnectionString(values->at("dbname")))
    return values->at("dbname");
  return absl::StrJoin(
      *values, " ", [](std::string* out, const Values::value_type& value) {
        absl::StrAppend(
            out, value.first, "='",
            absl::StrReplaceAll(value.second, {{"\\", "\\\\"}, {"'", "\\'"}}),
            "'");
      });
}

}  // namespace pgbale::pg
