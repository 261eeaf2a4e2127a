#include "format/encodings/encoding.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "format/errors.h"
#include "format/scratch.h"

namespace pgbale {

// Each in its own file.
#define ENCODING(id, name) const Encoding& name##Encoding();
#include "format/encodings/encodings.def"
#undef ENCODING

namespace {

// What holds such values together hardly matters, and a sample of them would
// be as large as they are.
constexpr size_t kGiantValueOctets = 1 << 20;

// Large enough for a compressor to show what it can do, small against a chunk
// of 4 MiB with some ten columns.
constexpr size_t kSampleOctets = 16 * 1024;
// Fewer octets are not worth a choice.
constexpr size_t kChosenFromOctets = 128;
// What a stream takes in the head of the chunk, about.
constexpr size_t kStreamHeadOctets = 6;
// One that is later in the table is taken if it saves one part of so many:
// those before it are faster.
constexpr size_t kWorthwhileShare = 50;
// Columns of columns of columns gain no more.
constexpr uint32_t kPartsDepthMax = 2;
constexpr uint32_t kPlainId = 2, kVariableId = 4;

struct Choice {
  uint32_t id;
  const Encoding* encoding;
};

const auto& AllEncodings() {
  static const std::array table = {
#define ENCODING(id, name) Choice{id, &name##Encoding()},
#include "format/encodings/encodings.def"
#undef ENCODING
  };
  return table;
}

// Values from the middle of `column`, one behind the other as they stand
// there. Parts are chosen for by less: there are several for each column.
Column Sample(const Column& column, uint32_t depth) {
  const uint32_t count = column.rows() - column.nulls();
  const size_t mean = std::max<size_t>(column.values().size() / count, 1);
  const uint32_t taken = static_cast<uint32_t>(std::min<size_t>(
      count, std::max<size_t>((kSampleOctets >> depth) / mean, 1)));
  const uint32_t first = (count - taken) / 2;
  size_t start = size_t{first} * column.width();
  size_t octets = size_t{taken} * column.width();
  std::vector<uint32_t> lengths;
  if (column.width() == 0) {
    const auto all = column.lengths();
    start = std::accumulate(all.begin(), all.begin() + first, size_t{0});
    lengths.assign(all.begin() + first, all.begin() + first + taken);
    octets = std::accumulate(lengths.begin(), lengths.end(), size_t{0});
  }
  const Bytes values = column.values().subspan(start, octets);
  Column sample(column.width());
  sample.Assign(taken, 0, {}, Buffer(values.begin(), values.end()),
                std::move(lengths));
  return sample;
}

// What encoding `id` makes of `column`; SIZE_MAX if it does not fit.
size_t EncodedOctets(const Choice& choice, const Column& column, int level,
                     uint32_t depth) {
  Scratch body;
  StreamWriter out(level, *body);
  EncodingPlan plan{.id = choice.id, .depth = depth, .parts = {}};
  if (!choice.encoding->Encode(column, plan, out)) return SIZE_MAX;
  return body->size() + out.streams().size() * kStreamHeadOctets;
}

struct Verdict {
  Choice choice;
  size_t octets;  // that it makes
};

bool IsWorthIt(size_t octets, const Verdict& best) {
  return octets < best.octets - best.octets / kWorthwhileShare;
}

// Of those that may hold `column`, in the order of preference, the one that
// makes least of it.
Verdict Smallest(absl::Span<const Choice> possible, const Column& column,
                 int level, uint32_t depth) {
  Verdict best{possible.front(), SIZE_MAX};
  for (const Choice& choice : possible) {
    const size_t octets = EncodedOctets(choice, column, level, depth);
    if (IsWorthIt(octets, best)) best = {choice, octets};
  }
  return best;
}

// The better one of what is best for a sample and those that show only in the
// whole what they can do.
Choice SmallestOfAll(const Verdict& sampled, uint64_t sample_rows,
                     absl::Span<const Choice> possible, const Column& column,
                     int level) {
  const uint64_t rows = column.rows() - column.nulls();
  Verdict best{sampled.choice, sampled.octets * rows / sample_rows};
  for (const Choice& choice : possible) {
    if (choice.encoding->is_sampled() || choice.id == best.choice.id) continue;
    const size_t octets = EncodedOctets(choice, column, level, 0);
    if (IsWorthIt(octets, best)) best = {choice, octets};
  }
  return best.choice;
}

// Appends the streams; false, with nothing appended, if it does not fit.
bool TryEncode(const Column& column, EncodingPlan& plan, StreamWriter& out) {
  const StreamWriter::Mark mark = out.mark();
  if (FindEncoding(plan.id)->Encode(column, plan, out)) return true;
  out.TakeBack(mark);
  return false;
}

}  // namespace

EncodingPlan& EncodingPlan::Part(size_t index) {
  if (parts.size() <= index) parts.resize(index + 1);
  parts[index].depth = depth + 1;
  return parts[index];
}

void ChooseEncoding(const Column& column, int level, EncodingPlan& plan) {
  plan.parts.clear();
  std::vector<Choice> possible;
  for (const Choice& choice : AllEncodings()) {
    if (choice.encoding->has_parts() && plan.depth >= kPartsDepthMax) continue;
    const Encoding::Fit fit = choice.encoding->FitOf(column);
    if (fit == Encoding::Fit::kPossible) possible.push_back(choice);
    if (fit != Encoding::Fit::kPerfect) continue;
    plan.id = choice.id;
    return;
  }
  plan.id = possible.front().id;
  const size_t octets = column.values().size();
  const uint32_t count = column.rows() - column.nulls();
  if (possible.size() == 1 || level == 0 || octets < kChosenFromOctets ||
      octets / count >= kGiantValueOctets)
    return;
  const Column sample = Sample(column, plan.depth);
  const Verdict best = Smallest(possible, sample, level, plan.depth);
  plan.id = best.choice.id;
  if (plan.depth == 0) {
    plan.id = SmallestOfAll(best, sample.rows(), possible, column, level).id;
  }
}

void EncodeValues(const Column& column, EncodingPlan& plan, StreamWriter& out) {
  plan.different.reset();
  const bool known =
      plan.id != EncodingPlan::kOpen &&
      FindEncoding(plan.id)->FitOf(column) != Encoding::Fit::kNone;
  if (known && TryEncode(column, plan, out)) return;
  ChooseEncoding(column, out.level(), plan);
  if (TryEncode(column, plan, out)) return;
  plan = SimplePlan(column);
  TryEncode(column, plan, out);
}

EncodingPlan SimplePlan(const Column& column) {
  return {.id = column.width() != 0 ? kPlainId : kVariableId,
          .depth = 0,
          .parts = {}};
}

absl::StatusOr<ColumnValues> DecodeValues(uint32_t id, const ColumnShape& shape,
                                          StreamReader& in) {
  const Encoding* const encoding = FindEncoding(id);
  if (encoding == nullptr)
    return TooNew(absl::StrCat("encoding ", id, " is unknown"));
  return encoding->Decode(shape, in);
}

absl::Status ReadValuesOfLengths(const ColumnShape& shape, StreamReader& in,
                                 ColumnValues& column) {
  const uint64_t sum = std::accumulate(column.lengths.begin(),
                                       column.lengths.end(), uint64_t{0});
  if (sum != shape.value_octets)
    return Damaged("the lengths do not add up to the values");
  ASSIGN_OR_RETURN(column.values, in.Read(shape.value_octets));
  return absl::OkStatus();
}

const Encoding* FindEncoding(uint32_t id) {
  for (const Choice& choice : AllEncodings()) {
    if (choice.id == id) return choice.encoding;
  }
  return nullptr;
}

}  // namespace pgbale
