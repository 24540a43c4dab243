-- Equities and machine learning: bars, features, orders and fills, models and predictions, logs.
-- README.md says which readings were taken.

CREATE EXTENSION IF NOT EXISTS "uuid-ossp";
CREATE SCHEMA mltrading;
SET schema = mltrading;

CREATE FUNCTION touch_updated_at() RETURNS TRIGGER AS $$
BEGIN
  NEW.updated_at = now();
  RETURN NEW;
END;
$$ LANGUAGE plpgsql;

-- ---- markets

CREATE TABLE stock_info (
  id           BIGSERIAL PRIMARY KEY,
  symbol       VARCHAR(10) NOT NULL UNIQUE,
  company_name VARCHAR(255),
  sector       VARCHAR(100),
  industry     VARCHAR(100),
  market_cap   BIGINT,
  country      VARCHAR(50),
  currency     VARCHAR(10),
  exchange     VARCHAR(20),
  source       VARCHAR(20) DEFAULT 'yahoo',
  created_at   TIMESTAMP DEFAULT now(),
  updated_at   TIMESTAMP DEFAULT now()
);
CREATE TRIGGER stock_info_touch BEFORE UPDATE ON stock_info
  FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

CREATE TABLE market_data (
  id         BIGSERIAL PRIMARY KEY,
  symbol     VARCHAR(10) NOT NULL,
  timestamp  TIMESTAMP NOT NULL,
  open       DECIMAL(10,4),
  high       DECIMAL(10,4),
  low        DECIMAL(10,4),
  close      DECIMAL(10,4),
  volume     BIGINT,
  source     VARCHAR(20) DEFAULT 'yahoo',
  created_at TIMESTAMP DEFAULT now(),
  UNIQUE (symbol, timestamp, source)
) PARTITION BY MONTH (timestamp) CLUSTER BY (symbol) WITH (symbols = 'source');

CREATE TABLE feature_engineered_data (
  id                          SERIAL PRIMARY KEY,
  symbol                      VARCHAR(10) NOT NULL,
  timestamp                   TIMESTAMP NOT NULL,
  open                        DOUBLE PRECISION,
  high                        DOUBLE PRECISION,
  low                         DOUBLE PRECISION,
  close                       DOUBLE PRECISION,
  volume                      DOUBLE PRECISION,
  -- price
  returns                     DOUBLE PRECISION,
  log_returns                 DOUBLE PRECISION,
  returns_5                   DOUBLE PRECISION,
  returns_20                  DOUBLE PRECISION,
  price_acceleration          DOUBLE PRECISION,
  price_velocity              DOUBLE PRECISION,
  gap_open                    DOUBLE PRECISION,
  high_low_range              DOUBLE PRECISION,
  close_open_range            DOUBLE PRECISION,
  close_position_in_range     DOUBLE PRECISION,
  distance_from_high_20       DOUBLE PRECISION,
  distance_from_low_20        DOUBLE PRECISION,
  -- moving averages
  price_ma_short              DOUBLE PRECISION,
  price_ma_medium             DOUBLE PRECISION,
  price_ma_long               DOUBLE PRECISION,
  ema_8                       DOUBLE PRECISION,
  ema_21                      DOUBLE PRECISION,
  ema_50                      DOUBLE PRECISION,
  price_to_ma_short           DOUBLE PRECISION,
  price_to_ma_long            DOUBLE PRECISION,
  ma_short_to_long            DOUBLE PRECISION,
  -- momentum on several time frames
  rsi_1h                      DOUBLE PRECISION,
  rsi_4h                      DOUBLE PRECISION,
  rsi_1d                      DOUBLE PRECISION,
  rsi_1w                      DOUBLE PRECISION,
  macd                        DOUBLE PRECISION,
  macd_signal                 DOUBLE PRECISION,
  macd_histogram              DOUBLE PRECISION,
  stochastic_k                DOUBLE PRECISION,
  stochastic_d                DOUBLE PRECISION,
  williams_r                  DOUBLE PRECISION,
  cci                         DOUBLE PRECISION,
  roc_10                      DOUBLE PRECISION,
  momentum_10                 DOUBLE PRECISION,
  adx                         DOUBLE PRECISION,
  plus_di                     DOUBLE PRECISION,
  minus_di                    DOUBLE PRECISION,
  -- bands
  bb_upper                    DOUBLE PRECISION,
  bb_middle                   DOUBLE PRECISION,
  bb_lower                    DOUBLE PRECISION,
  bb_width                    DOUBLE PRECISION,
  bb_position                 DOUBLE PRECISION,
  keltner_upper               DOUBLE PRECISION,
  keltner_lower               DOUBLE PRECISION,
  -- volatility
  atr                         DOUBLE PRECISION,
  atr_percent                 DOUBLE PRECISION,
  realized_volatility_10      DOUBLE PRECISION,
  realized_volatility_20      DOUBLE PRECISION,
  realized_volatility_60      DOUBLE PRECISION,
  garman_klass_volatility     DOUBLE PRECISION,
  parkinson_volatility        DOUBLE PRECISION,
  volatility_ratio            DOUBLE PRECISION,
  -- volume
  volume_ma_20                DOUBLE PRECISION,
  volume_ratio                DOUBLE PRECISION,
  volume_change               DOUBLE PRECISION,
  vpt                         DOUBLE PRECISION,
  mfi                         DOUBLE PRECISION,
  obv                         DOUBLE PRECISION,
  vwap                        DOUBLE PRECISION,
  price_to_vwap               DOUBLE PRECISION,
  -- time
  hour                        SMALLINT,
  day_of_week                 SMALLINT,
  day_of_month                SMALLINT,
  month                       SMALLINT,
  market_open                 BOOLEAN,
  minutes_since_open          SMALLINT,
  minutes_to_close            SMALLINT,
  -- lags of 1, 2, 4, 8 and 24 periods
  returns_lag_1               DOUBLE PRECISION,
  returns_lag_2               DOUBLE PRECISION,
  returns_lag_4               DOUBLE PRECISION,
  returns_lag_8               DOUBLE PRECISION,
  returns_lag_24              DOUBLE PRECISION,
  close_lag_1                 DOUBLE PRECISION,
  close_lag_2                 DOUBLE PRECISION,
  close_lag_4                 DOUBLE PRECISION,
  close_lag_8                 DOUBLE PRECISION,
  close_lag_24                DOUBLE PRECISION,
  volume_lag_1                DOUBLE PRECISION,
  volume_lag_2                DOUBLE PRECISION,
  volume_lag_4                DOUBLE PRECISION,
  volume_lag_8                DOUBLE PRECISION,
  volume_lag_24               DOUBLE PRECISION,
  -- rolling windows of 6, 12 and 24 hours
  close_mean_6h               DOUBLE PRECISION,
  close_mean_12h              DOUBLE PRECISION,
  close_mean_24h              DOUBLE PRECISION,
  close_std_6h                DOUBLE PRECISION,
  close_std_12h               DOUBLE PRECISION,
  close_std_24h               DOUBLE PRECISION,
  returns_mean_6h             DOUBLE PRECISION,
  returns_mean_12h            DOUBLE PRECISION,
  returns_mean_24h            DOUBLE PRECISION,
  returns_std_6h              DOUBLE PRECISION,
  returns_std_12h             DOUBLE PRECISION,
  returns_std_24h             DOUBLE PRECISION,
  volume_mean_6h              DOUBLE PRECISION,
  volume_mean_12h             DOUBLE PRECISION,
  volume_mean_24h             DOUBLE PRECISION,
  volume_std_6h               DOUBLE PRECISION,
  volume_std_12h              DOUBLE PRECISION,
  volume_std_24h              DOUBLE PRECISION,
  close_min_6h                DOUBLE PRECISION,
  close_min_12h               DOUBLE PRECISION,
  close_min_24h               DOUBLE PRECISION,
  close_max_6h                DOUBLE PRECISION,
  close_max_12h               DOUBLE PRECISION,
  close_max_24h               DOUBLE PRECISION,
  -- where a row comes from
  source                      VARCHAR(20) DEFAULT 'yahoo',
  feature_version             VARCHAR(20) DEFAULT '3.0',
  created_at                  TIMESTAMP DEFAULT now(),
  updated_at                  TIMESTAMP DEFAULT now(),
  CONSTRAINT unique_symbol_timestamp_features UNIQUE (symbol, timestamp, source)
) PARTITION BY MONTH (timestamp) CLUSTER BY (symbol) WITH (symbols = 'source, feature_version');
CREATE INDEX idx_features_symbol_version_time
  ON feature_engineered_data (symbol, feature_version, timestamp);
CREATE INDEX idx_features_symbol_version_covering
  ON feature_engineered_data (symbol, feature_version) INCLUDE (timestamp, close, rsi_1d);
CREATE INDEX idx_features_completeness
  ON feature_engineered_data (symbol, timestamp) WHERE rsi_1d IS NOT NULL;
CREATE INDEX idx_features_time_series
  ON feature_engineered_data (timestamp DESC) INCLUDE (symbol, close, volume);
CREATE INDEX idx_features_version ON feature_engineered_data (feature_version);
CREATE INDEX idx_features_symbol_latest ON feature_engineered_data (symbol, timestamp DESC);
CREATE INDEX idx_features_recent
  ON feature_engineered_data (symbol, timestamp DESC) WHERE timestamp >= '2025-01-01';
CREATE INDEX idx_features_market_hours
  ON feature_engineered_data (symbol, timestamp) WHERE market_open = TRUE;
CREATE INDEX idx_features_brin ON feature_engineered_data USING brin (timestamp);
CREATE TRIGGER feature_engineered_data_touch BEFORE UPDATE ON feature_engineered_data
  FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- ---- trading

CREATE TABLE orders (
  id         BIGSERIAL PRIMARY KEY,
  order_id   VARCHAR(50) NOT NULL UNIQUE,
  symbol     VARCHAR(10) NOT NULL,
  side       VARCHAR(4) NOT NULL CHECK (side IN ('buy', 'sell')),
  quantity   INTEGER NOT NULL,
  order_type VARCHAR(10) NOT NULL DEFAULT 'market',
  price      DECIMAL(10,4),
  status     VARCHAR(20) NOT NULL DEFAULT 'pending',
  strategy   VARCHAR(50),
  model_id   VARCHAR(50),
  created_at TIMESTAMP DEFAULT now(),
  updated_at TIMESTAMP DEFAULT now()
);
COMMENT ON COLUMN orders.status IS 'pending, then filled, cancelled or rejected';
CREATE TRIGGER orders_touch BEFORE UPDATE ON orders
  FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

CREATE TABLE fills (
  id         BIGSERIAL PRIMARY KEY,
  fill_id    VARCHAR(50) NOT NULL UNIQUE,
  order_id   VARCHAR(50) NOT NULL,
  symbol     VARCHAR(10) NOT NULL,
  quantity   INTEGER NOT NULL,
  price      DECIMAL(10,4) NOT NULL,
  commission DECIMAL(10,4) DEFAULT 0,
  timestamp  TIMESTAMP NOT NULL,
  created_at TIMESTAMP DEFAULT now(),
  FOREIGN KEY (order_id) REFERENCES orders (order_id)
) PARTITION BY MONTH (timestamp) CLUSTER BY (symbol);

-- ---- models

CREATE TABLE models (
  id         BIGSERIAL PRIMARY KEY,
  model_id   VARCHAR(50) NOT NULL UNIQUE,
  name       VARCHAR(100) NOT NULL,
  version    VARCHAR(20) NOT NULL,
  model_type VARCHAR(50) NOT NULL,
  parameters JSONB,
  metrics    JSONB,
  file_path  VARCHAR(255),
  status     VARCHAR(20) DEFAULT 'active',
  created_at TIMESTAMP DEFAULT now(),
  updated_at TIMESTAMP DEFAULT now()
);
CREATE TRIGGER models_touch BEFORE UPDATE ON models
  FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

CREATE TABLE predictions (
  id               BIGSERIAL PRIMARY KEY,
  prediction_id    VARCHAR(50) NOT NULL UNIQUE,
  model_id         VARCHAR(50) NOT NULL,
  symbol           VARCHAR(10) NOT NULL,
  timestamp        TIMESTAMP NOT NULL,
  prediction_type  VARCHAR(20) NOT NULL,
  prediction_value DECIMAL(10,4),
  confidence       DECIMAL(5,4),
  features         JSONB,
  created_at       TIMESTAMP DEFAULT now(),
  FOREIGN KEY (model_id) REFERENCES models (model_id)
) PARTITION BY MONTH (timestamp) CLUSTER BY (symbol) WITH (symbols = 'prediction_type');

-- ---- logs

CREATE TABLE system_logs (
  id             BIGSERIAL PRIMARY KEY,
  timestamp      TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
  level          VARCHAR(20) NOT NULL,
  logger_name    VARCHAR(100) NOT NULL,
  correlation_id VARCHAR(50),
  message        TEXT NOT NULL,
  module         VARCHAR(100),
  function_name  VARCHAR(100),
  line_number    INTEGER,
  thread_name    VARCHAR(100),
  process_id     INTEGER,
  metadata       JSONB,
  created_at     TIMESTAMP WITH TIME ZONE DEFAULT now()
) PARTITION BY DAY (timestamp) CLUSTER BY (logger_name) WITH (symbols = 'level, module');

CREATE TABLE trading_events (
  id             BIGSERIAL PRIMARY KEY,
  timestamp      TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
  event_type     VARCHAR(50) NOT NULL,
  symbol         VARCHAR(20),
  side           VARCHAR(10),
  quantity       DECIMAL(15,6),
  price          DECIMAL(15,6),
  order_id       VARCHAR(100),
  strategy       VARCHAR(50),
  correlation_id VARCHAR(50),
  metadata       JSONB,
  created_at     TIMESTAMP WITH TIME ZONE DEFAULT now()
) PARTITION BY DAY (timestamp) CLUSTER BY (event_type) WITH (symbols = 'symbol, side');

CREATE TABLE performance_logs (
  id                BIGSERIAL PRIMARY KEY,
  timestamp         TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
  operation_name    VARCHAR(100) NOT NULL,
  duration_ms       DECIMAL(10,3) NOT NULL,
  status            VARCHAR(20) NOT NULL,
  component         VARCHAR(50),
  correlation_id    VARCHAR(50),
  memory_usage_mb   DECIMAL(10,2),
  cpu_usage_percent DECIMAL(5,2),
  metadata          JSONB,
  created_at        TIMESTAMP WITH TIME ZONE DEFAULT now()
) PARTITION BY DAY (timestamp) CLUSTER BY (operation_name) WITH (symbols = 'status, component');

CREATE TABLE error_logs (
  id             BIGSERIAL PRIMARY KEY,
  timestamp      TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
  error_type     VARCHAR(100) NOT NULL,
  error_message  TEXT NOT NULL,
  stack_trace    TEXT,
  component      VARCHAR(50),
  correlation_id VARCHAR(50),
  user_id        VARCHAR(50),
  request_path   VARCHAR(200),
  metadata       JSONB,
  created_at     TIMESTAMP WITH TIME ZONE DEFAULT now()
) PARTITION BY DAY (timestamp) CLUSTER BY (error_type) WITH (symbols = 'component');

CREATE TABLE user_action_logs (
  id              BIGSERIAL PRIMARY KEY,
  timestamp       TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
  action_type     VARCHAR(50) NOT NULL,
  user_id         VARCHAR(50),
  session_id      VARCHAR(100),
  ip_address      INET SENSITIVE,
  user_agent      TEXT,
  request_path    VARCHAR(200),
  request_method  VARCHAR(10),
  response_status INTEGER,
  duration_ms     DECIMAL(10,3),
  correlation_id  VARCHAR(50),
  metadata        JSONB,
  created_at      TIMESTAMP WITH TIME ZONE DEFAULT now()
) PARTITION BY DAY (timestamp) CLUSTER BY (action_type) WITH (symbols = 'request_method');

-- ---- views

CREATE MATERIALIZED VIEW mv_features_dashboard_summary AS
SELECT symbol,
       max(timestamp) AS latest_timestamp,
       count(*) AS total_records,
       max(feature_version) AS latest_version,
       count(CASE WHEN rsi_1d IS NOT NULL THEN 1 END)::float / count(*)::float AS rsi_coverage,
       count(CASE WHEN price_ma_short IS NOT NULL THEN 1 END)::float / count(*)::float
         AS ma_coverage
FROM feature_engineered_data
WHERE timestamp >= now() - INTERVAL '90 days'
GROUP BY symbol;

CREATE VIEW recent_system_activity AS
SELECT 'system_logs' AS source, timestamp, level AS level_or_type, message, correlation_id
FROM system_logs WHERE timestamp >= now() - INTERVAL '24 hours'
UNION ALL
SELECT 'trading_events', timestamp, event_type, coalesce(symbol, '') || ' ' || coalesce(side, ''),
       correlation_id
FROM trading_events WHERE timestamp >= now() - INTERVAL '24 hours'
UNION ALL
SELECT 'performance_logs', timestamp, status, operation_name, correlation_id
FROM performance_logs WHERE timestamp >= now() - INTERVAL '24 hours'
UNION ALL
SELECT 'error_logs', timestamp, error_type, error_message, correlation_id
FROM error_logs WHERE timestamp >= now() - INTERVAL '24 hours'
ORDER BY timestamp DESC;
