// Names as the text of a parameter of type text[].
//
// Pure function; any thread.

#ifndef PGBALE_RESTORE_NAME_ARRAY_H_
#define PGBALE_RESTORE_NAME_ARRAY_H_

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"

namespace pgbale {

template <typename Names>
std::string NameArray(const Names& names) {
  return absl::StrCat(
      "{",
      absl::StrJoin(names, ",",
                    [](std::string* out, const std::string& name) {
                      absl::StrAppend(
                          out, "\"",
                          absl::StrReplaceAll(name,
                                              {{"\\", "\\\\"}, {"\"", "\\\""}}),
                          "\"");
                    }),
      "}");
}

}  // namespace pgbale

#endif  // PGBALE_RESTORE_NAME_ARRAY_H_
