// What entries of their own say about objects.

#ifndef PGBALE_CATALOG_ANNOTATIONS_H_
#define PGBALE_CATALOG_ANNOTATIONS_H_

#include <vector>

#include "catalog/comments.h"
#include "catalog/privileges.h"
#include "catalog/security_labels.h"

namespace pgbale {

struct Annotations {
  std::vector<CommentRecord> comments;
  std::vector<SecurityLabelRecord> labels;
  std::vector<PrivilegeRecord> privileges;
};

}  // namespace pgbale

#endif  // PGBALE_CATALOG_ANNOTATIONS_H_
