# shellcheck shell=bash disable=SC2154,SC2016 # sourced by run, which has the variables; Markdown
# `ddlogs pipeline run`: real pipelines over the samples of their own tests, repeated, and a pipeline
# of 200 processors that is made here. DDLOGS_PIPELINES names the folder of real ones, a folder each
# with pipeline.yaml and tests.yaml; else shared/data/pipelines beside the checkout.

# Nested pipelines count, and so does the one at the top.
processors() { # PIPELINE
  grep -oE 'type: ([a-z-]+-(parser|processor)|(attribute|date|status|message|service|trace-id|span-id)-remapper|pipeline)\b' "$1" | wc -l
}

pipeline_row() { # NAME TEXT PIPELINE TESTS LOGS
  local log=$big/$1.log i
  "$tools/samples" "$4" "$5" >"$log"
  for ((i = 0; i < rounds; i++)); do
    measured "pipeline-$1" -- taskset -c 0 "$DDLOGS" pipeline run "$3" <"$log"
  done
  awk -v text="$2" -v logs="$5" -v bytes="$(stat -c %s "$log")" -v wall="$(median "pipeline-$1" 1)" \
    -v cpu="$(median "pipeline-$1" 2)" -v kb="$(median "pipeline-$1" 3)" -v n="$(processors "$3")" 'BEGIN {
      printf "| %s | %d | %.0f | %d | %.0f ms | %.0f ms | %.0f | %.1f MB |\n", text, n, bytes / logs, logs, wall, cpu,
        logs / cpu * 1000, kb / 1000 }'
  rm "$log"
}

# The pipeline with the most processors.
heaviest() { # FOLDER
  local file
  for file in "$1"/*/pipeline.yaml; do
    printf '%d %s\n' "$(processors "$file")" "$file"
  done | sort -n | tail -n 1 | cut -d ' ' -f 2-
}

# CPU of a run over no logs and without user agents, less that of a pipeline of one processor, in turn.
load_row() { # NAME TEXT PIPELINE
  local i
  for ((i = 0; i < 9; i++)); do
    measured "least-$1" --runs 3 -- "$DDLOGS" pipeline run --user-agents none.yaml one.yaml </dev/null
    measured "load-$1" --runs 3 -- "$DDLOGS" pipeline run --user-agents none.yaml "$3" </dev/null
  done
  awk -v text="$2" -v all="$(median "load-$1" 2)" -v least="$(median "least-$1" 2)" \
    'BEGIN { printf "| %s | %.0f |\n", text, (all - least) * 1000 }'
}

pipelines() {
  local real=${real_pipelines:-$folder/../../../shared/data/pipelines} name
  sh "$folder/synthetic.sh" pipeline >synthetic.yaml
  sh "$folder/synthetic.sh" pipeline 1 >one.yaml
  sh "$folder/synthetic.sh" tests >synthetic_tests.yaml
  printf 'user_agent_parsers: []\nos_parsers: []\ndevice_parsers: []\n' >none.yaml
  [ -d "$real" ] || real=
  echo
  echo '## Pipelines'
  echo '`ddlogs pipeline run` on one core: the samples of its own tests in turn, from a file; logs a second by CPU, its start and the user agents read included.'
  echo
  echo '| | processors | bytes a log | logs | wall | CPU | logs/s | peak memory |'
  echo '|---|---|---|---|---|---|---|---|'
  pipeline_row synthetic '200 processors, made here' synthetic.yaml synthetic_tests.yaml 100000
  if [ -n "$real" ]; then
    for name in nginx cisco_duo azure_active_directory zscaler envoy; do
      [ ! -d "$real/$name" ] || pipeline_row "$name" "$name" "$real/$name/pipeline.yaml" "$real/$name/tests.yaml" 100000
    done
    name=$(heaviest "$real")
    pipeline_row most "most processors: $(basename "${name%/*}")" "$name" "${name%/*}/tests.yaml" 100000
    rounds=1 pipeline_row nginx-many 'nginx, a million logs' "$real/nginx/pipeline.yaml" "$real/nginx/tests.yaml" 1000000
  fi
  rounds=1 pipeline_row synthetic-many '200 processors, a million logs' synthetic.yaml synthetic_tests.yaml 1000000
  echo
  echo '| to read it and compile its rules | CPU, microseconds |'
  echo '|---|---|'
  load_row synthetic '200 processors, made here' synthetic.yaml
  [ -z "$real" ] || load_row most "most processors: $(basename "${name%/*}")" "$name"
  goal '200 processors: logs a second on one core' 20000 \
    "$(awk -v ms="$(median pipeline-synthetic 2)" 'BEGIN { print 100000 / ms * 1000 }')" at-least
  [ -n "$real" ] || printf '\nNot here, so left out: real pipelines (DDLOGS_PIPELINES).\n'
}
