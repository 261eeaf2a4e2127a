#include "restore/role_changes.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "base/text.h"
#include "restore/label.h"

namespace pgbale {
namespace {

std::string Missing(const Entry& entry, absl::string_view what,
                    absl::string_view role) {
  return absl::StrCat("left out ", what, EntryLabel(entry), ": role ",
                      Quoted(role), " does not exist");
}

// The first role of `statement` that is one of `roles`.
std::string FirstOf(absl::string_view statement,
                    const absl::flat_hash_set<std::string>& roles) {
  for (std::string& role : RolesNamedBy(statement))
    if (roles.contains(role)) return std::move(role);
  return "";
}

// The statements without those roles; lines for what goes.
void TakeOut(const absl::flat_hash_set<std::string>& roles, Entry& entry,
             std::vector<std::string>& lines) {
  std::vector<std::string> kept;
  std::string grantor;  // a missing one, until RESET SESSION AUTHORIZATION
  for (std::string& statement : entry.create) {
    if (absl::StartsWith(statement, "RESET SESSION AUTHORIZATION") &&
        !grantor.empty()) {
      grantor.clear();
      continue;
    }
    const std::string role = FirstOf(statement, roles);
    if (!grantor.empty()) continue;
    if (role.empty()) {
      kept.push_back(std::move(statement));
      continue;
    }
    if (absl::StartsWith(statement, "SET SESSION AUTHORIZATION"))
      grantor = role;
    std::string rest = WithoutRoles(statement, roles);
    lines.push_back(Missing(entry, rest.empty() ? "" : "a role of ", role));
    if (!rest.empty()) kept.push_back(std::move(rest));
  }
  entry.create = std::move(kept);
}

}  // namespace

absl::StatusOr<std::vector<Entry>> WithRolesMapped(std::vector<Entry> entries,
                                                   const RoleMap& map) {
  absl::flat_hash_set<std::string> named;
  for (const Entry& entry : entries) {
    named.insert(entry.owner);
    for (const std::string& statement : entry.create)
      for (std::string& role : RolesNamedBy(statement))
        named.insert(std::move(role));
  }
  for (const auto& [from, to] : map)
    if (!named.contains(from))
      return WithHint(
          MakeError(Failure::kError,
                    absl::StrCat("nothing in the archive names role ",
                                 Quoted(from), " of --map-role")),
          "Names are written as they are, without quotes: \"pgbale list\" "
          "prints owners.");
  std::vector<bool> global;
  for (const Entry& entry : entries) global.push_back(IsGlobal(entry, entries));
  for (size_t i = 0; i < entries.size(); ++i) {
    Entry& entry = entries[i];
    if (global[i]) continue;
    const auto owner = map.find(entry.owner);
    if (owner != map.end()) entry.owner = owner->second;
    for (auto* statements :
         {&entry.create, &entry.drop, &entry.drop_if_exists, &entry.alter})
      for (std::string& statement : *statements)
        statement = WithRolesMapped(statement, map);
  }
  return entries;
}

std::set<std::string> RolesNamedBy(const Selection& selection, bool owners) {
  std::set<std::string> roles;
  for (const Entry* entry : selection.entries) {
    if (owners && !entry->owner_targets.empty()) roles.insert(entry->owner);
    // Those of memberships are made, or stand.
    if (entry->aspect == Aspect::kGlobal) continue;
    for (const std::string& statement : entry->create)
      for (std::string& role : RolesNamedBy(statement))
        roles.insert(std::move(role));
  }
  return roles;
}

std::vector<std::string> LeaveOutRoles(
    const absl::flat_hash_set<std::string>& roles, const Selection& selection,
    bool owners, std::vector<Entry>& entries,
    absl::flat_hash_set<uint32_t>& gone) {
  std::vector<std::string> lines;
  for (const Entry* selected : selection.entries) {
    Entry& entry = entries[selected->id - 1];
    if (owners && !entry.owner_targets.empty() && roles.contains(entry.owner)) {
      lines.push_back(Missing(entry, "the owner of ", entry.owner));
      entry.owner_targets.clear();
    }
    if (entry.create.empty()) continue;
    TakeOut(roles, entry, lines);
    if (entry.create.empty()) gone.insert(entry.id);
  }
  return lines;
}

}  // namespace pgbale
