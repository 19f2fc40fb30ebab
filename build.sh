#!/usr/bin/env bash
#
# Usage: ./build.sh [task]
#
#   build         build the solution and stage the module in output/ (the default)
#   test          build, then run every check and test; the last line is the count
#   coverage      build, then run the xunit tests and print how much of each assembly they reach
#   test-windows  build, then run the tests of files, names and journals for Windows, under Wine
#   demo          build, then edit the sample images against the emulator
#   pack          build, then make the module's package in output/packages/
#   benchmark     build, then run the benchmarks; -Quick takes two minutes instead of ten
#   clean         remove all build output
#
# Finds PowerShell and runs build.ps1, which describes each task. If no PowerShell is available, this script runs the parts
# that need none: so some of build.ps1 is written here again, and a change to one is a change to both.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

export DOTNET_CLI_TELEMETRY_OPTOUT=1 POWERSHELL_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

readonly tools=$PWD/.tools
readonly results=$PWD/artifacts/test-results
readonly no_powershell='PowerShell is not on PATH and could not be restored from the package source'

# --- PowerShell -------------------------------------------------------------------------------------------------------

find_powershell() {
  local candidate
  for candidate in pwsh "$tools/pwsh"; do
    if is_recent "$candidate"; then
      echo "$candidate"
      return
    fi
  done
  restore_powershell && echo "$tools/pwsh"
}

# The module needs 7.4 or later.
is_recent() {
  [[ $("$1" --version 2>/dev/null) =~ ^PowerShell\ (7\.[4-9]|7\.[1-9][0-9]|[89]\.|[1-9][0-9]) ]]
}

# The version is that of the hosted tests. A package source that does not respond must not delay the build: the
# download may be slow, the first response may not.
restore_powershell() {
  local version log=$tools/restore.log seconds=0
  version=$(sed -n 's/.*"Microsoft\.PowerShell\.SDK" Version="\([^"]*\)".*/\1/p' Directory.Packages.props)
  mkdir -p "$tools"
  DOTNET_CLI_UI_LANGUAGE=en dotnet tool install powershell --version "$version" --tool-path "$tools" \
    --verbosity detailed >"$log" 2>&1 &
  while kill -0 $! 2>/dev/null; do
    if [ $seconds -ge 15 ] && ! grep -Eq ' (OK|CACHE) http' "$log"; then
      kill $!
    fi
    sleep 1
    seconds=$((seconds + 1))
  done
  wait $! 2>/dev/null && is_recent "$tools/pwsh"
}

# The restored PowerShell is a .NET program, and looks for .NET only in the default places.
export_dotnet_root() {
  if [ -z "${DOTNET_ROOT:-}" ]; then
    DOTNET_ROOT=$(dotnet --list-sdks | sed -n 's|.*\[\(.*\)/sdk\]$|\1|p' | tail -n 1)
    export DOTNET_ROOT
  fi
}

# --- Tasks that need no PowerShell ------------------------------------------------------------------------------------

build() {
  dotnet build Tokaify.PowerShell.sln --configuration Release --nologo
}

benchmark() {
  build
  dotnet run --configuration Release --project benchmarks -- "$@"
}

clean() {
  local folder removed=''
  for folder in artifacts output; do
    if [ -d "$folder" ]; then
      rm -rf "$folder"
      removed="${removed:+$removed and }$folder/"
    fi
  done
  if [ -n "$removed" ]; then
    echo "Removed $removed."
  else
    echo 'Nothing to remove.'
  fi
}

# --- Tasks that run in part without it -------------------------------------------------------------------------------

demo_without_powershell() {
  echo "$no_powershell: a C# sample takes the command's place."
  build
  dotnet run --configuration Release --project examples/ClientSample -- examples/pictures output/demo
}

pack_without_powershell() {
  echo "$no_powershell: the package cannot be made." >&2
  return 1
}

test_windows_without_powershell() {
  echo "$no_powershell: the tests for Windows cannot be run." >&2
  return 1
}

coverage_without_powershell() {
  echo "$no_powershell: coverage is not counted." >&2
  return 1
}

test_without_powershell() {
  passed=0 failed=0 skipped=0 left_out=''
  leave_out "$no_powershell: the Pester suite and PSScriptAnalyzer are left out."
  rm -rf "$results"
  if build; then
    run_check formatter dotnet format whitespace . --folder --verify-no-changes --exclude artifacts output .tools
    local project
    for project in tests/*/*.csproj; do
      case $project in
        */Tokaify.Hosted.Tests.csproj) run_hosted_tests "$project" ;;
        */Tokaify.NetFramework.Tests.csproj) run_net_framework_tests "$project" ;;
        */Tokaify.Wine.Tests.csproj) ;;
        *) run_tests "$project" --no-build ;;
      esac
    done
    build_benchmarks
  else
    count build 0 1 0
  fi
  echo
  printf '%s' "$left_out"
  echo "$passed passed, $failed failed, $skipped skipped"
  [ "$failed" -eq 0 ]
}

run_hosted_tests() {
  if restore "$1" Microsoft.PowerShell.SDK 'the hosted tests'; then
    run_tests "$1" --no-restore
  fi
}

# The benchmarks are built, not run.
build_benchmarks() {
  if restore benchmarks/Tokaify.Benchmarks.csproj BenchmarkDotNet 'the benchmarks'; then
    run_check benchmarks dotnet build benchmarks --no-restore --configuration Release --nologo
  fi
}

# Whether a project can be restored. It needs a package that not every package source has: the project, the package, what needs it.
restore() {
  local output
  if output=$(dotnet restore "$1" 2>&1); then
    return 0
  fi
  if grep -Eq 'error NU(1101|1102|1103|1301|1603)' <<<"$output"; then
    leave_out "$2 cannot be had from the package source: $3 are left out."
  else
    echo "$output"
    count "$(basename "$1" .csproj)" 0 1 0
  fi
  return 1
}

# The build for Windows PowerShell.
run_net_framework_tests() {
  local name status=0
  name=$(basename "$1" .csproj)
  if ! command -v mono >/dev/null; then
    leave_out 'Mono is not installed: the tests of the build for Windows PowerShell are left out.'
    return
  fi
  run_mono "$name" || status=$?
  # If a signal ends Mono, or one of its tests hangs (192), it runs once more. A failed test is not repeated.
  if [ "$status" -gt 128 ]; then
    echo "Mono ended with $status: its tests run once more."
    status=0
    run_mono "$name" || status=$?
  fi
  count_trx "$name" "$results/$name.trx" "$status"
}

run_mono() {
  MONO_GC_PARAMS=nursery-size=64m mono "artifacts/bin/$1/release/Tokaify.Client.Tests.exe" "$results/$1.trx"
}

run_tests() {
  local name status=0
  name=$(basename "$1" .csproj)
  dotnet test "$@" --configuration Release --nologo --results-directory "$results" --logger "trx;LogFileName=$name.trx" ||
    status=$?
  count_trx "$name" "$results/$name.trx" "$status"
}

# A run that was broken off is a failure, even if no test failed.
count_trx() {
  local total=0 succeeded=0 broken=0
  if [ -f "$2" ]; then
    total=$(counter total "$2") succeeded=$(counter passed "$2") broken=$(counter failed "$2")
  fi
  if [ "$3" -ne 0 ] && [ "$broken" -eq 0 ]; then
    broken=1 total=$((total + 1))
  fi
  count "$1" "$succeeded" "$broken" $((total - succeeded - broken))
}

counter() {
  sed -n "s/.*<Counters [^>]*$1=\"\([0-9]*\)\".*/\1/p" "$2"
}

# A check counts as one test.
run_check() {
  local name=$1
  shift
  if "$@"; then
    count "$name" 1 0 0
  else
    count "$name" 0 1 0
  fi
}

count() {
  passed=$((passed + $2)) failed=$((failed + $3)) skipped=$((skipped + $4))
  echo "$1: $2 passed, $3 failed, $4 skipped"
}

leave_out() {
  left_out="$left_out$1"$'\n'
  echo "$1"
}

# ----------------------------------------------------------------------------------------------------------------------

task=${1:-build}
if ! command -v dotnet >/dev/null; then
  echo 'The .NET SDK is not on PATH: https://dotnet.microsoft.com/download' >&2
  exit 1
fi
case $task in
  build | clean)
    "$task"
    ;;
  benchmark)
    benchmark "${@:2}"
    ;;
  demo | pack | test | coverage | test-windows)
    if powershell=$(find_powershell); then
      export_dotnet_root
      exec "$powershell" -NoProfile -File build.ps1 "${task//-/}"
    fi
    "${task//-/_}_without_powershell"
    ;;
  *)
    sed -n '3,12s/^# \{0,1\}//p' build.sh >&2
    exit 2
    ;;
esac
