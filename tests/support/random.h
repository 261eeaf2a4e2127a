// Random numbers whose seed a failing test names: set PGBALE_SEED to it to
// get the same ones again.

#ifndef PGBALE_TESTS_SUPPORT_RANDOM_H_
#define PGBALE_TESTS_SUPPORT_RANDOM_H_

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/endian.h"
#include "gtest/gtest.h"

namespace pgbale {

// One thread at a time; failures on other threads do not show the seed.
class Random {
 public:
  Random() : Random(ChooseSeed()) {}
  explicit Random(uint64_t seed)
      : seed_(seed),
        trace_(__FILE__, __LINE__, absl::StrCat("PGBALE_SEED=", seed)),
        engine_(seed) {}
  Random(const Random&) = delete;
  Random& operator=(const Random&) = delete;

  uint64_t seed() const { return seed_; }

  uint64_t Next() { return engine_(); }
  // 0 ≤ result < `bound`. REQUIRES: bound > 0
  uint64_t Below(uint64_t bound) { return Next() % bound; }
  // `low` ≤ result ≤ `high`.
  int64_t Between(int64_t low, int64_t high) {
    return std::uniform_int_distribution<int64_t>(low, high)(engine_);
  }
  bool OneIn(uint64_t n) { return Below(n) == 0; }
  // A length: small ones are as likely as large ones.
  uint64_t Skewed(int bits_max) {
    return Next() >> (64 - 1 - Below(static_cast<uint64_t>(bits_max)));
  }
  Buffer Octets(size_t count) {
    Buffer octets(count);
    size_t at = 0;
    for (; at + 8 <= count; at += 8) StoreLittle(octets.data() + at, Next());
    for (; at < count; ++at) octets[at] = static_cast<uint8_t>(Next());
    return octets;
  }

  // For std::shuffle and distributions.
  std::mt19937_64& engine() { return engine_; }

 private:
  static uint64_t ChooseSeed() {
    uint64_t seed = 0;
    const char* given = std::getenv("PGBALE_SEED");
    if (given != nullptr && absl::SimpleAtoi(given, &seed)) return seed;
    return std::random_device{}();
  }

  const uint64_t seed_;
  const ::testing::ScopedTrace trace_;
  std::mt19937_64 engine_;
};

}  // namespace pgbale

#endif  // PGBALE_TESTS_SUPPORT_RANDOM_H_
