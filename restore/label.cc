#include "restore/label.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/text.h"

namespace pgbale {

std::string EntryLabel(const Entry& entry) {
  std::string label =
      absl::StrCat(absl::AsciiStrToLower(Printable(entry.kind)), " ",
                   entry.schema.empty() ? Quoted(entry.name)
                                        : Quoted(entry.schema, entry.name));
  if (!entry.relation.empty() && entry.relation != entry.name)
    absl::StrAppend(&label, " of ", Quoted(entry.relation));
  return label;
}

}  // namespace pgbale
