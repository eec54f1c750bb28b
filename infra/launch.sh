# For infra/up, infra/images/build, infra/chaos/power and the programs run of infra/bench, infra/chaos and infra/chaos/mutants, which source it:
# answers from a help text, finds a JDK, and builds a program's module when it is not built yet. Before: root, and name (what the program is called in messages).
# shellcheck shell=bash

fail() {
  echo "$name: $*" >&2
  exit 1
}

# What a program is made of beside its own module.
modules='rules web schemas infra/broker infra/system producer streams-app auditor'

# answer_from FILE ARGUMENT...: ends with the help text where it is asked for, and with code 2 where the text knows no such option;
# returns where the arguments are what it describes. It describes an option by two spaces, its name, perhaps the name of its value,
# and two spaces; a number's range by "MIN to MAX".
answer_from() {
  local text=$1 given option value line seen=' '
  shift
  while [ $# -gt 0 ]; do
    given=$1
    shift
    case $given in
      -h | --help) cat "$text"; exit 0 ;;
      --*=*) option=${given%%=*} value=${given#*=} ;;
      *) option=$given value='' ;;
    esac
    line=$(grep -E "^  --[a-z-]+( [A-Z]+)?  " "$text" | grep -F -- "  $option " | head -n 1)
    case $option in --*) ;; *) line='' ;; esac
    [ -n "$line" ] || refuse "$text" "there is no option $option"
    case $seen in *" $option "*) refuse "$text" "$option is given twice" ;; esac
    seen="$seen$option "
    if [[ $line =~ ^\ \ --[a-z-]+\ [A-Z]+\ \  ]]; then
      if [ "$given" = "$option" ]; then
        [ $# -gt 0 ] || refuse "$text" "$option needs a value"
        value=$1
        shift
      fi
      if [[ $line =~ \ ([0-9]+)\ to\ ([0-9]+) ]]; then
        local min=${BASH_REMATCH[1]} max=${BASH_REMATCH[2]}
        [[ $value =~ ^[0-9]{1,9}$ ]] && [ "$value" -ge "$min" ] && [ "$value" -le "$max" ] ||
          refuse "$text" "$option is $value; $min to $max is allowed"
      fi
    elif [ "$given" != "$option" ]; then
      refuse "$text" "$option takes no value"
    fi
  done
}

refuse() {
  echo "$name: $2" >&2
  cat "$1" >&2
  exit 2
}

# Sets java. It must be a JDK, since Maven compiles with it.
need_jdk() {
  java=${JAVA_HOME:+$JAVA_HOME/bin/}java
  local javac=${JAVA_HOME:+$JAVA_HOME/bin/}javac from=${JAVA_HOME:+JAVA_HOME is $JAVA_HOME} version
  from=${from:-no JAVA_HOME, and java from the PATH}
  version=$("$javac" -version 2>&1 | sed -n 's/^javac \([0-9][0-9]*\).*/\1/p')
  [ -n "$version" ] || fail "no JDK found ($from): install JDK 17 or newer, or point JAVA_HOME at one"
  [ "$version" -ge 17 ] || fail "the JDK is version $version ($from): JDK 17 or newer is needed"
}

# need_built MODULE [OTHER]...: builds the module, both apps and the auditor unless that is done; says how it goes on standard output. Others
# are modules that it has built with it.
need_built() {
  built "$@" || build "$1"
}

# class_path MODULE: what the module's main classes run with.
class_path() {
  echo "$root/$1/target/classes:$(cat "$root/$1/target/classpath")"
}

# The class path file is the last thing that a build writes, so its age is the build's.
built() {
  local module=$1 entry newer file
  file=$root/$module/target/classpath
  [ -s "$file" ] && [ -d "$root/$module/target/classes" ] &&
    [ -s "$root/producer/target/votelog-producer.jar" ] && [ -s "$root/streams-app/target/votelog-streams-app.jar" ] &&
    [ -s "$root/auditor/target/votelog-auditor.jar" ] || return 1
  local IFS=:
  for entry in $(cat "$file"); do
    [ -e "$entry" ] || return 1
  done
  unset IFS
  # shellcheck disable=SC2086 # They are several.
  newer=$(cd "$root" && find pom.xml $modules "$@" \
    \( -name target -o -path '*/src/test' \) -prune -o \
    -type f \( -path '*/src/main/*' -o -name pom.xml \) -newer "$file" -print)
  [ -z "$newer" ]
}

build() {
  local without=(-Dspotless.check.skip=true)
  local module=$1 log=$root/.votelog/logs/build.log begun=$SECONDS shown='' doing elapsed maven code
  mkdir -p "${log%/*}" && : >"$log" || fail "$log cannot be written"
  # How the code is formatted is for those who change it to check (./mvnw verify), and nothing to whoever runs it. What programs are made of
  # is for images alone, and takes most of the time of a build in which nothing else has changed.
  [ "$module" = infra/images ] || without+=(-Dcyclonedx.skip=true)
  (cd "$root" && exec ./mvnw -B -ntp -DskipTests "${without[@]}" -pl "producer,streams-app,auditor,$module" -am package) \
    >"$log" 2>&1 </dev/null &
  maven=$!
  trap 'kill "$maven" 2>/dev/null; wait "$maven" 2>/dev/null; echo; fail "the build was stopped"' INT TERM HUP
  while kill -0 "$maven" 2>/dev/null; do
    elapsed=$((SECONDS - begun))
    doing=$(sed -n 's/^\[INFO\] Building \(Votelog.*\)  *\[\(.*\)\]$/\1 (\2)/p' "$log" | tail -n 1 | tr -s ' ')
    doing=${doing:-getting Maven and its plugins}
    if [ -t 1 ]; then
      printf '\r\033[Kbuilding, %s s: %s' "$elapsed" "$doing"
    elif [ "$doing" != "$shown" ] || [ $((elapsed % 30)) -eq 29 ]; then
      echo "building, $elapsed s: $doing"
      shown=$doing
    fi
    sleep 1
  done
  wait "$maven"
  code=$?
  trap - INT TERM HUP
  [ -t 1 ] && printf '\r\033[K'
  if [ "$code" -ne 0 ]; then
    fail "the build failed: $(sed -n 's/^\[ERROR\] *\(..*\)/\1/p' "$log" | grep -v '^COMPILATION ERROR' | head -n 1 | cut -c 1-300); all of it: $log"
  fi
  echo "built in $((SECONDS - begun)) s"
}
