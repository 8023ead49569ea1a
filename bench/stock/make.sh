#!/usr/bin/env bash
# Makes .venv/stock (Rasa with TensorFlow) and trains models/stock.tar.gz on the same data. EPOCHS: fewer than 100.
set -euo pipefail
cd "$(dirname "$0")/../.."
uv=$(command -v uv || echo .venv/tools/bin/uv)
python=$(.venv/engine/bin/python -c 'import sys; print(sys._base_executable)')
[ -x .venv/stock/bin/python ] || "$uv" venv --quiet --python "$python" .venv/stock
"$uv" pip install --quiet --python .venv/stock/bin/python -r bench/stock/requirements.in
config=$(mktemp --suffix .yml)
trap 'rm -f "$config"' EXIT
sed "s/epochs: 100/epochs: ${EPOCHS:-100}/" bench/stock/config.yml > "$config"
export RASA_TELEMETRY_ENABLED=false TF_CPP_MIN_LOG_LEVEL=3 CUDA_VISIBLE_DEVICES= PYTHONPATH=.
time .venv/stock/bin/python -W ignore -m rasa train --force --domain domain.yml --config "$config" \
  --out models --fixed-model-name stock --data data/nlu data/rules data/stories
