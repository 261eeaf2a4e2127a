// A password. Its text cannot reach a log, a message or an archive by
// accident: printing gives "***", and only reveal() gives the text.

#ifndef PGBALE_BASE_SECRET_H_
#define PGBALE_BASE_SECRET_H_

#include <ostream>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"

namespace pgbale {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}

  bool empty() const { return text_.empty(); }
  // The text itself; pass it on, never print or store it.
  const std::string& reveal() const { return text_; }

  friend std::ostream& operator<<(std::ostream& out, const Secret& secret) {
    return out << (secret.empty() ? "" : "***");
  }

 private:
  std::string text_;
};

// `text` with every password of a URI ("user:password@") or of a keyword list
// ("password=...") replaced by "***". For messages that quote what a user
// typed.
std::string RedactConnectionString(absl::string_view text);

}  // namespace pgbale

#endif  // PGBALE_BASE_SECRET_H_
