#include "format/value_range.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <compare>
#include <cstring>
#include <limits>

#include "base/endian.h"

namespace pgbale {
namespace {

// Long enough to tell most values apart, short against the head of a chunk.
constexpr size_t kKeptOctetsMax = 32;

// Each order has a key that compares as the values do, a signed integer; where
// keys are equal, so are the values if they are exact, or else `Compare` tells.

// The first 7 octets, where those that are missing are 0; then how many there
// are, or 8 for more than 7.
struct Octets {
  static constexpr size_t kKept = 7;
  static bool IsExact(int64_t key) { return (key & 0xff) <= int64_t{kKept}; }
  // `readable` octets can be read from the value's beginning.
  static bool KeyOf(Bytes value, size_t readable, int64_t& key) {
    const size_t kept = std::min(value.size(), kKept);
    uint64_t first = 0;
    if (readable >= sizeof(first)) {
      // The lowest octet is never kept.
      first = LoadBig<uint64_t>(value.data()) & ~(~uint64_t{0} >> (8 * kept));
    } else {
      for (size_t i = 0; i < kept; ++i)
        first |= uint64_t{value[i]} << (56 - 8 * i);
    }
    first |= std::min(value.size(), kKept + 1);
    key = static_cast<int64_t>(first ^ (uint64_t{1} << 63));
    return true;
  }
  static int Compare(Bytes a, Bytes b) { return AsText(a).compare(AsText(b)); }
};

struct Integer {
  static bool IsExact(int64_t /*key*/) { return true; }
  static bool KeyOf(Bytes value, size_t /*readable*/, int64_t& key) {
    if (value.size() == 8)
      key = LoadBig<int64_t>(value.data());
    else if (value.size() == 4)
      key = LoadBig<int32_t>(value.data());
    else if (value.size() == 2)
      key = LoadBig<int16_t>(value.data());
    else
      return false;
    return true;
  }
  static int Compare(Bytes, Bytes) { return 0; }
};

struct Float {
  static bool IsExact(int64_t /*key*/) { return true; }
  static bool KeyOf(Bytes value, size_t /*readable*/, int64_t& key) {
    double number = 0;
    if (value.size() == 8)
      number = std::bit_cast<double>(LoadBig<uint64_t>(value.data()));
    else if (value.size() == 4)
      number = std::bit_cast<float>(LoadBig<uint32_t>(value.data()));
    else
      return false;
    key = KeyOf(number);
    return true;
  }
  // The bits of numbers above 0 compare like integers, those below the other
  // way round.
  static int64_t KeyOf(double number) {
    constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
    if (std::isnan(number)) return kMax;
    const int64_t bits = std::bit_cast<int64_t>(number);
    return bits >= 0 ? bits : -(bits & kMax);
  }
  static int Compare(Bytes, Bytes) { return 0; }
};

// Digits to base 10000 behind a head of four 16-bit integers: how many, the
// weight of the first, the sign, the digits that are shown.
struct Numeric {
  static bool IsExact(int64_t key) { return (key & 1) == 0; }
  static constexpr size_t kHeadOctets = 8;
  static constexpr uint16_t kNegative = 0x4000;
  static constexpr uint16_t kNan = 0xC000, kInfinity = 0xD000,
                            kMinusInfinity = 0xF000;
  static constexpr uint32_t kKeyDigits = 3, kDigitBits = 14;

  // The weight, the first digits, and whether there are more: an integer that
  // grows with them, negated for what is below 0.
  static bool KeyOf(Bytes value, size_t /*readable*/, int64_t& key) {
    constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
    if (value.size() < kHeadOctets) return false;
    const size_t digits = LoadBig<uint16_t>(value.data());
    const int64_t weight = LoadBig<int16_t>(value.data() + 2);
    const uint16_t sign = LoadBig<uint16_t>(value.data() + 4);
    if (value.size() != kHeadOctets + 2 * digits) return false;
    if (digits == 0) {
      key = sign == kNan             ? kMax
            : sign == kInfinity      ? kMax - 1
            : sign == kMinusInfinity ? -kMax
                                     : 0;
      return key != 0 || sign == 0;
    }
    if ((sign != 0 && sign != kNegative) || DigitAt(value, digits - 1) == 0)
      return false;
    key = weight - std::numeric_limits<int16_t>::min();
    for (size_t i = 0; i < kKeyDigits; ++i) {
      const uint16_t digit = i < digits ? DigitAt(value, i) : 0;
      if (digit >= 10000 || (i == 0 && digit == 0)) return false;
      key = key << kDigitBits | digit;
    }
    key = key << 1 | (digits > kKeyDigits ? 1 : 0);
    if (sign == kNegative) key = -key;
    return true;
  }
  // Of values whose keys are equal: their further digits, the last of which is
  // not 0.
  static int Compare(Bytes a, Bytes b) {
    if (std::max(a.size(), b.size()) <= kHeadOctets + 2 * kKeyDigits) return 0;
    const bool negative = (LoadBig<uint16_t>(a.data() + 4) & kNegative) != 0 &&
                          a.size() > kHeadOctets;
    const int order =
        AsText(a.subspan(kHeadOctets)).compare(AsText(b.subspan(kHeadOctets)));
    return negative ? -order : order;
  }
  static uint16_t DigitAt(Bytes value, size_t index) {
    return LoadBig<uint16_t>(value.data() + kHeadOctets + 2 * index);
  }
};

// Calls `f` with what knows the order; false for none that is known.
template <typename F>
bool WithOrder(ValueOrder order, F f) {
  switch (order) {
    case ValueOrder::kOctets:
      return f(Octets());
    case ValueOrder::kInteger:
      return f(Integer());
    case ValueOrder::kFloat:
      return f(Float());
    case ValueOrder::kNumeric:
      return f(Numeric());
    case ValueOrder::kNone:
      break;
  }
  return false;
}

template <typename O>
struct Extreme {
  Bytes value;
  int64_t key = 0;

  // True if `other` is above this one, or below if `sign` is -1.
  bool IsPassedBy(int64_t other_key, Bytes other, int sign) const {
    if (other_key != key) return (other_key > key) == (sign > 0);
    return !O::IsExact(key) && O::Compare(other, value) * sign > 0;
  }
};

// Both extremes of `count` values; false if one is not of the order's type.
// `next` cuts a value off the front of the rest.
// REQUIRES: count > 0
template <typename O, typename F>
bool FindExtremesOf(uint32_t count, Bytes rest, F next, Bytes& lowest,
                    Bytes& highest) {
  Extreme<O> low, high;
  for (uint32_t i = 0; i < count; ++i) {
    const Bytes value = rest.first(next(i));
    int64_t key = 0;
    if (!O::KeyOf(value, rest.size(), key)) return false;
    rest.remove_prefix(value.size());
    if (i == 0) low = high = {value, key};
    // Most are, and columns of few values are full of extremes.
    if (key >= low.key && key <= high.key && O::IsExact(key)) continue;
    if (low.IsPassedBy(key, value, -1)) low = {value, key};
    if (high.IsPassedBy(key, value, 1)) high = {value, key};
  }
  lowest = low.value;
  highest = high.value;
  return true;
}

// Of the usual widths a key is read without a question.
template <typename O>
bool FindExtremes(const Column& column, Bytes& lowest, Bytes& highest) {
  const uint32_t count = column.rows() - column.nulls();
  const auto find = [&](auto next) {
    return FindExtremesOf<O>(count, column.values(), next, lowest, highest);
  };
  switch (column.width()) {
    case 0:
      return find([lengths = column.lengths()](uint32_t i) -> size_t {
        return lengths[i];
      });
    case 4:
      return find([](uint32_t) -> size_t { return 4; });
    case 8:
      return find([](uint32_t) -> size_t { return 8; });
    default:
      return find(
          [width = column.width()](uint32_t) -> size_t { return width; });
  }
}

Bytes Front(Bytes value) {
  return value.first(std::min(value.size(), kKeptOctetsMax));
}

// True if `value` is above `bound`, for certain.
template <typename O>
bool IsSurelyAbove(Bytes value, Bytes bound) {
  int64_t key = 0;
  Extreme<O> extreme{bound, 0};
  return O::KeyOf(value, value.size(), key) &&
         O::KeyOf(bound, bound.size(), extreme.key) &&
         extreme.IsPassedBy(key, value, 1);
}

bool Begins(Bytes prefix, Bytes value) {
  return value.size() >= prefix.size() && value.first(prefix.size()) == prefix;
}

}  // namespace

ValueOrder OrderOf(uint32_t type_oid) {
  switch (type_oid) {
    case 21:    // smallint
    case 23:    // integer
    case 20:    // bigint
    case 790:   // money
    case 1082:  // date
    case 1083:  // time
    case 1114:  // timestamp
    case 1184:  // timestamp with time zone
      return ValueOrder::kInteger;
    case 700:  // real
    case 701:  // double precision
      return ValueOrder::kFloat;
    case 1700:
      return ValueOrder::kNumeric;
    case 16:    // boolean
    case 17:    // bytea
    case 18:    // "char"
    case 26:    // oid
    case 5069:  // xid8
    case 3220:  // pg_lsn
    case 829:   // macaddr
    case 774:   // macaddr8
    case 2950:  // uuid
      return ValueOrder::kOctets;
    default:
      return IsTextLike(type_oid) ? ValueOrder::kOctets : ValueOrder::kNone;
  }
}

bool IsTextLike(uint32_t type_oid) {
  switch (type_oid) {
    case 19:    // name
    case 25:    // text
    case 1042:  // character
    case 1043:  // character varying
      return true;
    default:
      return false;
  }
}

std::optional<ValueRange> RangeOf(const Column& column, ValueOrder order) {
  if (column.rows() == column.nulls()) return std::nullopt;
  Bytes lowest, highest;
  const bool known = WithOrder(order, [&](auto o) {
    return FindExtremes<decltype(o)>(column, lowest, highest);
  });
  if (!known) return std::nullopt;
  const bool is_cut = std::max(lowest.size(), highest.size()) > kKeptOctetsMax;
  // Only octets may be cut off: the front of another value is none.
  if (is_cut && order != ValueOrder::kOctets) return std::nullopt;
  return ValueRange{order, ToString(Front(lowest)), ToString(Front(highest)),
                    highest.size() > kKeptOctetsMax};
}

bool MayHold(const ValueRange& range, std::optional<Bytes> low,
             std::optional<Bytes> high) {
  const Bytes lowest = AsBytes(range.lowest), highest = AsBytes(range.highest);
  return !WithOrder(range.order, [&](auto o) {
    using O = decltype(o);
    if (high.has_value() && IsSurelyAbove<O>(lowest, *high)) return true;
    return low.has_value() && IsSurelyAbove<O>(*low, highest) &&
           !(range.highest_is_cut && Begins(highest, *low));
  });
}

}  // namespace pgbale
