-- DEX arbitrage: prices, pools, order books, network and mempool states, opportunities, features,
-- predictions and how they did. README.md says which readings were taken.

CREATE SCHEMA dex;
SET schema = dex;

-- ---- markets

CREATE TABLE price_data (
  id               BIGINT PRIMARY KEY AUTOINCREMENT,
  token_symbol     TEXT NOT NULL,
  dex_name         TEXT NOT NULL,
  price            DECIMAL(18,8) NOT NULL,
  timestamp        DATETIME NOT NULL,
  volume_1h        DECIMAL(18,8),
  volume_24h       DECIMAL(18,8),
  liquidity        DECIMAL(18,8),
  price_change_1h  DECIMAL(18,8),
  price_change_24h DECIMAL(18,8),
  INDEX idx_price_time (timestamp),
  INDEX idx_price_token (token_symbol),
  INDEX idx_price_dex (dex_name)
) PARTITION BY DAY (timestamp) CLUSTER BY (token_symbol) WITH (symbols = 'dex_name');

CREATE TABLE pool_states (
  id                 BIGINT PRIMARY KEY AUTOINCREMENT,
  pool_address       TEXT NOT NULL,
  dex_name           TEXT NOT NULL,
  token0_symbol      TEXT NOT NULL,
  token1_symbol      TEXT NOT NULL,
  token0_amount      DECIMAL(18,8) NOT NULL,
  token1_amount      DECIMAL(18,8) NOT NULL,
  timestamp          DATETIME NOT NULL,
  total_value_locked DECIMAL(18,8),
  fee_tier           BIGINT,
  INDEX idx_pool_time (timestamp),
  INDEX idx_pool_address (pool_address)
) PARTITION BY DAY (timestamp) CLUSTER BY (pool_address)
  WITH (symbols = 'dex_name, token0_symbol, token1_symbol');

CREATE TABLE orderbook_states (
  id           BIGINT PRIMARY KEY AUTOINCREMENT,
  dex_name     TEXT NOT NULL,
  token_pair   TEXT NOT NULL,
  timestamp    DATETIME NOT NULL,
  bids         TEXT NOT NULL,
  asks         TEXT NOT NULL,
  spread       DECIMAL(18,8),
  depth_50bps  DECIMAL(18,8),
  depth_100bps DECIMAL(18,8),
  INDEX idx_orderbook_time (timestamp),
  INDEX idx_orderbook_pair (token_pair)
) PARTITION BY DAY (timestamp) CLUSTER BY (token_pair) WITH (symbols = 'dex_name');
COMMENT ON COLUMN orderbook_states.bids IS 'JSON: [[price, amount], ...], best first';
COMMENT ON COLUMN orderbook_states.asks IS 'JSON: [[price, amount], ...], best first';

-- ---- the chain

CREATE TABLE network_states (
  id                BIGINT PRIMARY KEY AUTOINCREMENT,
  timestamp         DATETIME NOT NULL,
  block_number      BIGINT NOT NULL,
  gas_price         DECIMAL(18,8) NOT NULL,
  base_fee          DECIMAL(18,8),
  priority_fee      DECIMAL(18,8),
  block_utilization DECIMAL(5,2),
  transaction_count BIGINT,
  INDEX idx_network_time (timestamp),
  INDEX idx_network_block (block_number)
) PARTITION BY DAY (timestamp);

CREATE TABLE mempool_states (
  id                     BIGINT PRIMARY KEY AUTOINCREMENT,
  timestamp              DATETIME NOT NULL,
  pending_count          BIGINT NOT NULL,
  pending_value          DECIMAL(18,8),
  gas_price_distribution TEXT,
  transaction_types      TEXT,
  INDEX idx_mempool_time (timestamp)
) PARTITION BY DAY (timestamp);
COMMENT ON COLUMN mempool_states.gas_price_distribution IS 'JSON: {"bucket": count, ...}';
COMMENT ON COLUMN mempool_states.transaction_types IS 'JSON: {"type": count, ...}';

-- ---- what was found

CREATE TABLE arbitrage_opportunities (
  id                BIGINT PRIMARY KEY AUTOINCREMENT,
  timestamp         DATETIME NOT NULL,
  token_pair        TEXT NOT NULL,
  dex_from          TEXT NOT NULL,
  dex_to            TEXT NOT NULL,
  profit_usd        DECIMAL(18,8) NOT NULL,
  amount_in         DECIMAL(18,8) NOT NULL,
  amount_out        DECIMAL(18,8) NOT NULL,
  gas_estimate      BIGINT,
  execution_success BOOLEAN,
  failure_reason    TEXT,
  INDEX idx_arb_time (timestamp),
  INDEX idx_arb_pair (token_pair)
) PARTITION BY DAY (timestamp) CLUSTER BY (token_pair) WITH (symbols = 'dex_from, dex_to');
COMMENT ON COLUMN arbitrage_opportunities.execution_success IS 'set once it was tried';

CREATE TABLE market_patterns (
  id               BIGINT PRIMARY KEY AUTOINCREMENT,
  timestamp        DATETIME NOT NULL,
  pattern_type     TEXT NOT NULL,
  token_pair       TEXT NOT NULL,
  confidence       DECIMAL(5,2) NOT NULL,
  duration_seconds BIGINT,
  price_impact     DECIMAL(18,8),
  volume_profile   TEXT,
  INDEX idx_pattern_time (timestamp),
  INDEX idx_pattern_pair (token_pair)
) PARTITION BY DAY (timestamp) CLUSTER BY (token_pair) WITH (symbols = 'pattern_type');
COMMENT ON COLUMN market_patterns.volume_profile IS 'JSON: [[time, volume], ...]';

-- ---- models

CREATE TABLE ml_features (
  id              BIGINT PRIMARY KEY AUTOINCREMENT,
  timestamp       DATETIME NOT NULL,
  feature_set     TEXT NOT NULL,
  features        TEXT NOT NULL,
  feature_version BIGINT NOT NULL,
  INDEX idx_features_time (timestamp),
  INDEX idx_features_set (feature_set)
) PARTITION BY DAY (timestamp) CLUSTER BY (feature_set);
COMMENT ON COLUMN ml_features.feature_set IS 'market, network or combined';
COMMENT ON COLUMN ml_features.features IS 'JSON: {"name": value, ...}';

CREATE TABLE model_predictions (
  id             BIGINT PRIMARY KEY AUTOINCREMENT,
  timestamp      DATETIME NOT NULL,
  model_name     TEXT NOT NULL,
  model_version  TEXT NOT NULL,
  input_features TEXT NOT NULL,
  prediction     TEXT NOT NULL,
  confidence     DECIMAL(5,2),
  actual_outcome TEXT,
  INDEX idx_pred_time (timestamp),
  INDEX idx_pred_model (model_name, model_version)
) PARTITION BY DAY (timestamp) CLUSTER BY (model_name) WITH (symbols = 'model_version');
COMMENT ON COLUMN model_predictions.actual_outcome IS 'JSON, filled in once it is known';

CREATE TABLE model_performance (
  id            BIGINT PRIMARY KEY AUTOINCREMENT,
  timestamp     DATETIME NOT NULL,
  model_name    TEXT NOT NULL,
  model_version TEXT NOT NULL,
  metric_name   TEXT NOT NULL,
  metric_value  DECIMAL(18,8) NOT NULL,
  window_size   TEXT NOT NULL,
  INDEX idx_perf_time (timestamp),
  INDEX idx_perf_model (model_name, model_version)
) PARTITION BY DAY (timestamp) CLUSTER BY (model_name)
  WITH (symbols = 'model_version, metric_name, window_size');
COMMENT ON COLUMN model_performance.window_size IS '1h, 24h or 7d';

CREATE TABLE system_performance (
  id              BIGINT PRIMARY KEY AUTOINCREMENT,
  timestamp       DATETIME NOT NULL,
  component_name  TEXT NOT NULL,
  metric_name     TEXT NOT NULL,
  metric_value    DECIMAL(18,8) NOT NULL,
  additional_data TEXT,
  INDEX idx_sys_time (timestamp),
  INDEX idx_sys_component (component_name)
) PARTITION BY DAY (timestamp) CLUSTER BY (component_name) WITH (symbols = 'metric_name');
COMMENT ON COLUMN system_performance.additional_data IS 'JSON';
