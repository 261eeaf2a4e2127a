// Random values of PostgreSQL's types, spelled in ways that a server reads;
// and those at the edges of what it reads.

#ifndef PGBALE_TESTS_SUPPORT_TYPE_VALUES_H_
#define PGBALE_TESTS_SUPPORT_TYPE_VALUES_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "tests/support/random.h"

namespace pgbale {

struct TypeValues {
  absl::string_view type;  // as format_type() prints it, with modifier
  std::string (*make)(Random& random);
  std::vector<std::string> edges;
};

// Each type that is not made of others.
const std::vector<TypeValues>& ScalarValues();
// Each range.
const std::vector<TypeValues>& RangeValues();

// "{a,"b c",NULL}" of up to three dimensions, sometimes with bounds.
std::string MakeArray(const TypeValues& elements, Random& random);
// "{[1,2),[4,)}"
std::string MakeMultirange(const TypeValues& ranges, Random& random);

}  // namespace pgbale

#endif  // PGBALE_TESTS_SUPPORT_TYPE_VALUES_H_
