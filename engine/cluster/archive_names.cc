#include "engine/cluster/archive_names.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace pgbale {
namespace {

// A database of this name would take the globals' file.
constexpr absl::string_view kGlobals = "globals";

// Capitals are written as %XX too: few databases have any.
bool IsPlain(char c) {
  return absl::ascii_islower(static_cast<unsigned char>(c)) ||
         absl::ascii_isdigit(static_cast<unsigned char>(c)) || c == '_' ||
         c == '-';
}

}  // namespace

std::string ArchiveNameOf(absl::string_view database) {
  std::string name;
  for (size_t i = 0; i < database.size(); ++i) {
    const bool first_of_globals = i == 0 && database == kGlobals;
    if (IsPlain(database[i]) && !first_of_globals)
      name.push_back(database[i]);
    else
      absl::StrAppendFormat(&name, "%%%02X",
                            static_cast<unsigned char>(database[i]));
  }
  return absl::StrCat(name, kArchiveSuffix);
}

}  // namespace pgbale
