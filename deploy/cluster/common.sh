# Shared by deploy/gravity and the scripts of this folder; sourced, never run.
# shellcheck shell=bash

GRAVITY_ROOT="$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)"
FLINK_YAML="$GRAVITY_ROOT/conf/config.yaml"

if ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] < 404)); then
  echo "${0##*/}: this is Bash $BASH_VERSION; 4.4 or later is needed." >&2
  exit 1
fi

say() { printf '%s\n' "$*" >&2; }

die() {
  printf '%s: %s\n' "${0##*/}" "$1" >&2
  shift
  if (($#)); then printf '  %s\n' "$@" >&2; fi
  exit 1
}

# Prints the comment block under the shebang of the script that is running.
usage() {
  sed -n '2,/^[^#]/{/^#/s/^# \{0,1\}//p;}' "$0"
}

# option_value OPTION "$@": the value of the option that stands first in the rest, or a message that it lacks one.
option_value() {
  if (($# < 3)) || [[ -z "$3" || "$3" == --* ]]; then die "$1 needs a value." "See: ${0##*/} --help"; fi
  printf '%s' "$3"
}

whole_number() {
  if [[ ! "$2" =~ ^[1-9][0-9]{0,4}$ ]] || (($2 < $3 || $2 > $4)); then
    die "$1: found \"$2\", expected a whole number from $3 to $4."
  fi
}

# --- What has to be installed -----------------------------------------------------------------------------------------

# Sets JAVA to a Java 17, that of JAVA_HOME if there is one.
require_java() {
  local version
  if [[ -n "${JAVA_HOME:-}" ]]; then
    JAVA="$JAVA_HOME/bin/java"
    [[ -x "$JAVA" ]] || die "JAVA_HOME is \"$JAVA_HOME\", which has no bin/java." "Set it to a JDK 17, or unset it."
  else
    JAVA="$(command -v java)" || die "No java found." "Install a JDK 17 (Debian, Ubuntu: openjdk-17-jdk-headless)."
  fi
  version="$("$JAVA" -version 2>&1)" || die "$JAVA does not run:" "$version"
  [[ "$version" =~ version\ \"([^\"]+)\" ]] || die "$JAVA did not tell its version:" "$version"
  version="${BASH_REMATCH[1]}"
  [[ "$version" == 17 || "$version" == 17.* ]] \
    || die "$JAVA is Java $version; Gravity and Flink 1.20 run on Java 17." \
      "Install a JDK 17 (Debian, Ubuntu: openjdk-17-jdk-headless) and set JAVA_HOME to it."
}

require_maven() {
  local version
  [[ -x "$(dirname -- "$(readlink -f -- "$JAVA")")/javac" ]] \
    || die "$JAVA belongs to a runtime without compiler." "Install the full JDK 17 (Debian, Ubuntu: openjdk-17-jdk-headless)."
  command -v mvn >/dev/null || die "No mvn found." "Install Maven 3.8 or later (Debian, Ubuntu: maven)."
  version="$(mvn -v 2>/dev/null)" || die "mvn -v fails." "Repair Maven; 3.8 or later is needed."
  [[ "$version" =~ Apache\ Maven\ ([0-9]+)\.([0-9]+) ]] || die "mvn did not tell its version:" "$version"
  ((BASH_REMATCH[1] * 1000 + BASH_REMATCH[2] >= 3008)) \
    || die "Maven is ${BASH_REMATCH[1]}.${BASH_REMATCH[2]}; 3.8 or later is needed."
}

require_command() {
  command -v "$1" >/dev/null || die "No $1 found; $2" "Install it (Debian, Ubuntu: ${3:-$1})."
}

# Prints what Flink's REST interface answers. Flink's own client ignores proxies too.
rest_get() {
  curl -fsS --noproxy '*' --max-time 10 "$1" 2>&1
}

# Reads the Java 17 flags of Flink processes into the array JVM_FLAGS. conf/config.yaml is the one place they stand.
read_jvm_flags() {
  local line
  line="$(sed -n 's/^env\.java\.opts\.all:[[:space:]]*//p' "$FLINK_YAML")"
  [[ -n "$line" ]] || die "$FLINK_YAML has no line env.java.opts.all." "Flink does not run on Java 17 without those flags."
  # shellcheck disable=SC2034 # read by the scripts that source this file
  read -ra JVM_FLAGS <<<"$line"
}

# --- The cluster's home -----------------------------------------------------------------------------------------------

default_home() {
  if [[ -n "${XDG_STATE_HOME:-}" ]]; then
    printf '%s' "$XDG_STATE_HOME/gravity/flink"
  else
    printf '%s' "$GRAVITY_ROOT/deploy/cluster/target/flink"
  fi
}

# Flink takes folders as URIs and splits options at white space.
absolute_home() {
  local home="$1"
  [[ "$home" == /* ]] || home="$PWD/$home"
  [[ "$home" =~ ^[A-Za-z0-9/._+@-]+$ ]] || die "The folder \"$home\" has characters that Flink's options can't carry." \
    "Choose one of letters, digits and / . _ + @ - with --dir DIR."
  mkdir -p -- "$home" || die "Can't create $home." "Choose another folder with --dir DIR."
  (cd -- "$home" && pwd -P)
}

# Changes whenever the distribution has to be assembled anew.
distribution_stamp() {
  {
    cat -- "$GRAVITY_ROOT/deploy/cluster/pom.xml"
    grep -E '<(flink|flink\.prometheus|log4j|slf4j)\.version>' "$GRAVITY_ROOT/pom.xml"
  } | cksum
}

is_assembled() {
  [[ -d "$1/lib" && -f "$1/.assembled" && "$(<"$1/.assembled")" == "$(distribution_stamp)" ]]
}

# pid_alive HOME NAME: whether HOME/run/NAME.pid names a living process of this cluster, and not one that inherited its id.
pid_alive() {
  local file="$1/run/$2.pid" pid
  [[ -f "$file" ]] || return 1
  pid="$(<"$file")"
  [[ "$pid" =~ ^[0-9]+$ ]] && [[ "$(ps -o command= -p "$pid" 2>/dev/null)" == *"-Dlog.file=$1/log/$2.log"* ]]
}

# Names of all processes that have a pid file: task managers first, so that none complains about a lost job manager.
process_names() {
  local file
  for file in "$1"/run/taskmanager-*.pid "$1"/run/jobmanager.pid; do
    if [[ -f "$file" ]]; then basename -- "$file" .pid; fi
  done
}

# What each Flink process gets through its environment. (Bash exports are not undone: scripts end soon after.)
flink_environment() {
  export FLINK_HOME="$1" FLINK_CONF_DIR="${2:-$1/conf}" FLINK_LIB_DIR="$1/lib" FLINK_PLUGINS_DIR="$1/plugins"
}
