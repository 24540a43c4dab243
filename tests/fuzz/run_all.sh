#!/usr/bin/env bash
# Fuzzes every target for a while: tests/fuzz/run_all.sh SECONDS_EACH [NAME...]
#
# Needs the preset fuzz to be built. Each target starts with the corpus of the tree, with a fixed seed, in an
# empty folder of its own, so that a run depends on no earlier one; what it finds of new paths is kept in
# build/fuzz/found, what breaks it in build/fuzz/crashes. Prints one line a target and fails when any target
# found something, or had nothing to start with. JOBS=n runs n targets at a time (1).
set -uo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.." || exit 1

seconds=${1:?usage: tests/fuzz/run_all.sh SECONDS_EACH [NAME...]}
shift
if (($# > 0)); then
  names=("$@")
else
  mapfile -t names < <(sed -n 's/^tape_fuzz(\(.*\))$/\1/p' tests/fuzz/CMakeLists.txt)
fi

export ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1:allocator_may_return_null=0
export UBSAN_OPTIONS=print_stacktrace=1

# run_one SECONDS NAME
run_one() {
  local seconds=$1 name=$2 found=build/fuzz/found/$2 log=build/fuzz/found/$2.log status
  rm -rf "$found"
  mkdir -p "$found" build/fuzz/crashes
  "build/asan/tests/fuzz/fuzz.$name" -seed=1 -max_total_time="$seconds" -max_len=16384 -timeout=20 -rss_limit_mb=2048 \
    -print_final_stats=1 -artifact_prefix="build/fuzz/crashes/$name-" "$found" "tests/fuzz/corpus/$name" >"$log" 2>&1
  status=$?
  awk -v name="$name" -v status="$status" '
    / cov: / { for (i = 1; i < NF; ++i) { if ($i == "cov:") edges = $(i + 1); if ($i == "corp:") inputs = $(i + 1) } }
    /stat::number_of_executed_units/ { runs = $2 }
    /stat::average_exec_per_sec/ { rate = $2 }
    END { printf "%-20s %-6s %10d runs %8d/s %6d edges %14s\n", name, status == 0 ? "ok" : "FOUND", runs, rate, edges, inputs }
  ' "$log"
  if ((status != 0)); then tail -n 40 "$log"; fi
  return "$status"
}
export -f run_one

printf '%s\n' "${names[@]}" | xargs -P "${JOBS:-1}" -I{} bash -c 'run_one "$@"' _ "$seconds" {}
