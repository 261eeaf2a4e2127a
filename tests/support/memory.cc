#include "tests/support/memory.h"

#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<int64_t> allocated{0}, peak{0};

}  // namespace

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

void* operator new(size_t octets) {
  void* const memory = std::malloc(std::max<size_t>(octets, 1));
  if (memory == nullptr) throw std::bad_alloc();
  const auto got = static_cast<int64_t>(malloc_usable_size(memory));
  const int64_t now = allocated.fetch_add(got, std::memory_order_relaxed) + got;
  int64_t most = peak.load(std::memory_order_relaxed);
  while (now > most &&
         !peak.compare_exchange_weak(most, now, std::memory_order_relaxed)) {
  }
  return memory;
}

void operator delete(void* memory) noexcept {
  allocated.fetch_sub(static_cast<int64_t>(malloc_usable_size(memory)),
                      std::memory_order_relaxed);
  std::free(memory);
}

void operator delete(void* memory, size_t /*octets*/) noexcept {
  operator delete(memory);
}

#endif

namespace pgbale {

PeakMemory::PeakMemory() : before_(allocated) { peak = before_; }

uint64_t PeakMemory::octets() const {
  return static_cast<uint64_t>(std::max<int64_t>(peak - before_, 0));
}

}  // namespace pgbale
