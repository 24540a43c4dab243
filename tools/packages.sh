# The Debian packages that tape is built and checked with, and how they get here. Sourced, never run.
#
#   source tools/packages.sh
#   install_missing "${build_packages[@]}"

# The library, its tools, tests and benchmarks.
build_packages=(cmake g++ ninja-build libabsl-dev libbenchmark-dev libcli11-dev libgtest-dev libzstd-dev)

# What the check needs on top: the second compiler with its sanitizers and libFuzzer, and its tidy tools.
check_packages=("${build_packages[@]}" clang clang-format clang-tidy libclang-rt-dev)

# Prints those of the named packages that dpkg does not know as installed.
missing_packages() {
  local package
  for package in "$@"; do
    if [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null) != installed ]]; then
      echo "$package"
    fi
  done
}

# Installs what is missing, and touches neither apt nor the network when nothing is. Asks nothing: as
# somebody other than root it needs a sudo that asks nothing either, and says what to run where there is none.
install_missing() {
  if ! command -v dpkg-query >/dev/null; then
    echo "not a Debian system, so nothing is installed here; needed are the likes of: $*" >&2
    return 0
  fi
  local missing as_root=(env)
  mapfile -t missing < <(missing_packages "$@")
  if ((${#missing[@]} == 0)); then return 0; fi
  if ((EUID != 0)); then as_root=(sudo -n env); fi
  as_root+=(DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l)
  local apt=("${as_root[@]}" apt-get -q -y -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300)

  echo "installing ${missing[*]}"
  # A foreign repository that does not answer is no reason to stop: what matters is the install below.
  "${apt[@]}" update || echo "apt-get update failed; trying with the lists that are there" >&2
  if ! "${apt[@]}" install --no-install-recommends "${missing[@]}"; then
    echo "could not install; as root, run: apt-get install ${missing[*]}" >&2
    return 1
  fi
}
