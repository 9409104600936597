/*
 * The measuring half that every C driver shares. A driver fills in `struct work` and calls measure(): it prints one JSON
 * line. The rules are those of bench/measure.ts, so that both sides of a ratio are measured alike: CPU time, a warm-up,
 * the median of the slices.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct work {
  const char *name;
  const char *unit; /* "/s" or "MB/s" */
  double scale;     /* how much of the unit one operation is: 1, or megabytes */
  long batch;       /* operations per call of run() */
  void (*prepare)(void); /* not timed, before each run(); may be NULL */
  void (*run)(void);
};

struct plan {
  int slices;
  double sliceSeconds;
  double warmupSeconds;
  long count; /* when not 0: that many operations in all, whatever time they take */
};

#define MUST(condition, what) \
  do { \
    if (!(condition)) die(__FILE__, __LINE__, what, #condition); \
  } while (0)

static inline void die(const char *file, int line, const char *what, const char *condition) {
  fprintf(stderr, "%s:%d: %s: expected %s\n", file, line, what, condition);
  exit(1);
}

/* The library is here but cannot do this work: the bench names the peer and leaves it out. */
static inline void leave_out(const char *reason) {
  fprintf(stderr, "%s\n", reason);
  exit(3);
}

/* Takes --slices N, --slice-ms N, --warmup-ms N, --count N; leaves the other arguments, in order, in argv[1..]. */
static inline struct plan read_plan(int *argc, char **argv) {
  struct plan plan = {11, 0.3, 0.3, 0};
  int kept = 1;
  for (int i = 1; i < *argc; i++) {
    long value = i + 1 < *argc ? atol(argv[i + 1]) : 0;
    if (strncmp(argv[i], "--", 2) != 0) {
      argv[kept++] = argv[i];
      continue;
    }
    MUST(value > 0, argv[i]);
    if (!strcmp(argv[i], "--slices")) plan.slices = value < 1000 ? (int)value : 1000;
    else if (!strcmp(argv[i], "--slice-ms")) plan.sliceSeconds = value / 1e3;
    else if (!strcmp(argv[i], "--warmup-ms")) plan.warmupSeconds = value / 1e3;
    else if (!strcmp(argv[i], "--count")) plan.count = value;
    else die(__FILE__, __LINE__, argv[i], "a known option");
    i++;
  }
  *argc = kept;
  return plan;
}

static inline double cpu_seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec + now.tv_nsec / 1e9;
}

static inline long resident_bytes(void) {
  long total = 0, resident = 0;
  FILE *statm = fopen("/proc/self/statm", "r");
  if (!statm) return 0;
  if (fscanf(statm, "%ld %ld", &total, &resident) != 2) resident = 0;
  fclose(statm);
  return resident * sysconf(_SC_PAGESIZE);
}

static inline int by_value(const void *left, const void *right) {
  double a = *(const double *)left, b = *(const double *)right;
  return (a > b) - (a < b);
}

/* Runs batches until `seconds` of CPU time or `count` operations are used up; answers the operations done. */
static inline long run_slice(const struct work *work, double seconds, long count, double *used) {
  long done = 0;
  *used = 0;
  while (count ? done < count : *used < seconds) {
    if (work->prepare) work->prepare();
    double start = cpu_seconds();
    work->run();
    *used += cpu_seconds() - start;
    done += work->batch;
  }
  return done;
}

static inline void measure(struct work work, struct plan plan) {
  double rates[1000], used, cpu = 0;
  long iterations = 0;
  if (plan.count) {
    plan.slices = 10;
    run_slice(&work, 0, 3 * (plan.count / 10), &used);
  } else {
    run_slice(&work, plan.warmupSeconds, 0, &used);
  }
  long before = resident_bytes();
  for (int i = 0; i < plan.slices; i++) {
    long done = run_slice(&work, plan.sliceSeconds, plan.count / plan.slices, &used);
    rates[i] = done / used;
    iterations += done;
    cpu += used;
  }
  long growth = resident_bytes() - before;
  qsort(rates, plan.slices, sizeof rates[0], by_value);
  int middle = plan.slices / 2;
  double median = plan.slices % 2 ? rates[middle] : (rates[middle - 1] + rates[middle]) / 2;
  printf("{\"name\":\"%s\",\"unit\":\"%s\",\"value\":%.6g,\"cpuSeconds\":%.4f,\"iterations\":%ld,\"rssGrowth\":%ld}\n",
         work.name, work.unit, median * work.scale, cpu, iterations, growth);
}

#endif
