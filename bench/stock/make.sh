#!/usr/bin/env bash
# Makes .venv/stock (Rasa with TensorFlow) and trains models/stock.tar.gz on the same data. EPOCHS: fewer than 100.
# models/stock.json says how it was trained; the bench shows it beside the figures.
set -euo pipefail
cd "$(dirname "$0")/../.."
python3 bin/setup.py stock
config=$(mktemp --suffix .yml)
trap 'rm -f "$config"' EXIT
epochs=${EPOCHS:-100}
sed "s/epochs: 100/epochs: $epochs/" bench/stock/config.yml > "$config"
export RASA_TELEMETRY_ENABLED=false TF_CPP_MIN_LOG_LEVEL=3 CUDA_VISIBLE_DEVICES='' PYTHONPATH=. PYTHONWARNINGS=ignore
export SQLALCHEMY_SILENCE_UBER_WARNING=1
mkdir -p var/log models
echo "bench-stock: training, $epochs epochs (log: var/log/train-stock.log) ..."
started=$(date +%s)
.venv/stock/bin/python -W ignore -m rasa train --force --domain domain.yml --config "$config" --out models \
  --fixed-model-name stock --data data/nlu data/rules data/stories > var/log/train-stock.log 2>&1 ||
  { tail -n 30 var/log/train-stock.log; echo 'bench-stock: training failed'; exit 1; }
seconds=$(($(date +%s) - started))
cat > models/stock.json <<J
{"seconds": $seconds, "epochs": $epochs, "date": "$(date -u '+%Y-%m-%d %H:%M UTC')", "load": $(cut -d' ' -f1 /proc/loadavg)}
J
echo "bench-stock: done in $seconds s"
