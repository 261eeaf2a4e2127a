#include "format/foreign.h"

#include <algorithm>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/status.h"
#include "format/constants.h"
#include "format/errors.h"

namespace pgbale {
namespace {

struct Kind {
  absl::string_view magic;
  size_t offset;
  absl::string_view name;
  absl::string_view hint;
};

constexpr absl::string_view kUsePgRestore =
    "Restore it with pg_restore, or dump again with pgbale.";
constexpr absl::string_view kUnpack =
    "Decompress it first; a bale inside can then be read.";

constexpr Kind kKinds[] = {
    {"PGDMP", 0, "a pg_dump custom archive", kUsePgRestore},
    {"ustar", 257, "a tar file, such as pg_dump -Ft writes", kUsePgRestore},
    {"\x1f\x8b", 0, "a gzip file", kUnpack},
    {"\x28\xb5\x2f\xfd", 0, "a zstd file", kUnpack},
    {"\x04\x22\x4d\x18", 0, "an lz4 file", kUnpack},
    {"\xfd"
     "7zXZ",
     0, "an xz file", kUnpack},
    {"BZh", 0, "a bzip2 file", kUnpack},
};

// A header behind the first octets, or nothing at all where some should be.
bool IsFrontOfDamagedBale(Bytes front) {
  return std::search(front.begin(), front.end(), kSignature.begin(),
                     kSignature.end()) != front.end() ||
         absl::c_all_of(front, [](uint8_t octet) { return octet == 0; });
}

bool IsPlainSql(absl::string_view text) {
  return absl::StrContains(text, "-- PostgreSQL database dump") ||
         absl::StrContains(text, "-- PostgreSQL database cluster dump");
}

// How many of the signature's octets stand at the front.
size_t SignatureOctets(Bytes front) {
  size_t same = 0;
  for (size_t i = 0; i < std::min(front.size(), kSignature.size()); ++i)
    same += front[i] == kSignature[i] ? 1 : 0;
  return same;
}

}  // namespace

absl::Status ForeignError(Bytes front) {
  const absl::string_view text = AsText(front);
  if (SignatureOctets(front) == front.size()) {
    return WithHint(MakeError(Failure::kIncomplete,
                              front.empty() ? "it is empty"
                                            : "it ends in its first octets"),
                    "The dump that should have written it did not finish.");
  }
  if (SignatureOctets(front) >= 5) {
    return WithHint(
        Damaged("its signature is damaged"),
        "A transfer in text mode does that: copy the archive as binary.");
  }
  for (const Kind& kind : kKinds) {
    if (text.size() >= kind.offset &&
        absl::StartsWith(text.substr(kind.offset), kind.magic)) {
      return WithHint(
          MakeError(Failure::kError,
                    absl::StrCat("this is no bale but ", kind.name)),
          kind.hint);
    }
  }
  if (IsPlainSql(text)) {
    return WithHint(
        MakeError(Failure::kError, "this is no bale but a dump as plain SQL"),
        "Restore it with psql.");
  }
  if (IsFrontOfDamagedBale(front)) {
    return WithHint(Damaged("its first octets are damaged"),
                    "\"pgbale salvage\" makes a new archive of what is whole.");
  }
  return MakeError(Failure::kError, "this is no bale");
}

}  // namespace pgbale
