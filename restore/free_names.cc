#include "restore/free_names.h"

#include <cstddef>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace pgbale {
namespace {

// NAMEDATALEN - 1, of which a server is hardly ever built with another one.
constexpr size_t kNameOctetsMax = 63;

// `front` and `back`, where the front is cut off as much as is needed, not
// inside a character.
std::string Joined(absl::string_view front, absl::string_view back) {
  size_t kept = front.size();
  if (kept + back.size() > kNameOctetsMax)
    kept = back.size() < kNameOctetsMax ? kNameOctetsMax - back.size() : 0;
  while (kept > 0 && kept < front.size() &&
         (static_cast<unsigned char>(front[kept]) & 0xC0) == 0x80)
    --kept;
  return absl::StrCat(front.substr(0, kept), back);
}

}  // namespace

std::string TakenNames::Choose(const std::string& schema,
                               const std::string& name,
                               const std::string& old_table,
                               const std::string& new_table) {
  if (taken_.emplace(schema, name).second) return name;
  std::string front = name, back;
  if (absl::StartsWith(name, old_table)) {
    front = new_table;
    back = name.substr(old_table.size());
  }
  for (int number = 0;; ++number) {
    const std::string chosen =
        Joined(front, number == 0 ? back : absl::StrCat(back, number));
    if (taken_.emplace(schema, chosen).second) return chosen;
  }
}

}  // namespace pgbale
