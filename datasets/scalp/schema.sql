-- Crypto scalping: market data, positions, trades, models that learn as they trade, risk and logs.
-- README.md says which readings were taken.

CREATE SCHEMA scalp;
SET schema = scalp;

-- ---- types

CREATE TYPE trade_side AS ENUM ('BUY', 'SELL');
CREATE TYPE position_status AS ENUM ('OPEN', 'CLOSED', 'PARTIAL');
CREATE TYPE model_status AS ENUM ('TRAINING', 'VALIDATING', 'DEPLOYED', 'RETIRED');
CREATE TYPE regime_type AS ENUM ('TRENDING', 'RANGING', 'VOLATILE', 'CRISIS');
CREATE TYPE risk_level AS ENUM ('LOW', 'MEDIUM', 'HIGH', 'CRITICAL');
CREATE TYPE adaptation_trigger AS ENUM ('DRIFT', 'REGIME_CHANGE', 'PERFORMANCE', 'MANUAL');

-- ---- what others refer to

CREATE TABLE exchanges (
  exchange_id VARCHAR(20) PRIMARY KEY,
  name        VARCHAR(100) NOT NULL
);

CREATE TABLE portfolios (
  portfolio_id BIGSERIAL PRIMARY KEY,
  name         VARCHAR(100) NOT NULL,
  created_at   TIMESTAMPTZ NOT NULL DEFAULT now()
);

-- ---- markets

CREATE TABLE market_data (
  timestamp  TIMESTAMPTZ NOT NULL,
  symbol     VARCHAR(20) NOT NULL,
  exchange   VARCHAR(20) NOT NULL,
  price      DECIMAL(20,10) NOT NULL,
  volume     DECIMAL(20,10) NOT NULL,
  bid_price  DECIMAL(20,10),
  ask_price  DECIMAL(20,10),
  bid_volume DECIMAL(20,10),
  ask_volume DECIMAL(20,10),
  PRIMARY KEY (timestamp, symbol, exchange),
  CONSTRAINT chk_positive_prices CHECK (price > 0 AND bid_price > 0 AND ask_price > 0)
) PARTITION BY RANGE (timestamp) CLUSTER BY (symbol) WITH (symbols = 'exchange');
CREATE INDEX symbol_timestamp_idx ON market_data USING brin (symbol, timestamp);
CREATE INDEX latest_market_data_idx ON market_data (symbol, timestamp DESC);

CREATE TABLE order_book_l1 (
  timestamp  TIMESTAMPTZ NOT NULL,
  symbol     VARCHAR(20) NOT NULL,
  exchange   VARCHAR(20) NOT NULL,
  bid_price  DECIMAL(20,10) NOT NULL,
  bid_volume DECIMAL(20,10) NOT NULL,
  ask_price  DECIMAL(20,10) NOT NULL,
  ask_volume DECIMAL(20,10) NOT NULL,
  PRIMARY KEY (timestamp, symbol, exchange)
) PARTITION BY RANGE (timestamp) CLUSTER BY (symbol) WITH (symbols = 'exchange');

-- ---- trading

CREATE TABLE positions (
  position_id    BIGSERIAL PRIMARY KEY,
  timestamp      TIMESTAMPTZ NOT NULL,
  symbol         VARCHAR(20) NOT NULL,
  exchange       VARCHAR(20) NOT NULL,
  side           VARCHAR(10) NOT NULL,
  quantity       DECIMAL(20,10) NOT NULL,
  entry_price    DECIMAL(20,10) NOT NULL,
  current_price  DECIMAL(20,10) NOT NULL,
  unrealized_pnl DECIMAL(20,10) NOT NULL,
  stop_loss      DECIMAL(20,10),
  take_profit    DECIMAL(20,10),
  status         VARCHAR(20) NOT NULL DEFAULT 'open',
  CONSTRAINT chk_position_quantity CHECK (quantity > 0),
  CONSTRAINT fk_positions_exchanges FOREIGN KEY (exchange)
    REFERENCES exchanges (exchange_id) ON DELETE RESTRICT
);
CREATE INDEX symbol_status_idx ON positions (symbol, status);
CREATE INDEX open_positions_idx ON positions (symbol) WHERE status = 'open';

CREATE TABLE trades (
  trade_id   BIGSERIAL PRIMARY KEY,
  timestamp  TIMESTAMPTZ NOT NULL,
  symbol     VARCHAR(20) NOT NULL,
  exchange   VARCHAR(20) NOT NULL,
  side       VARCHAR(10) NOT NULL,
  quantity   DECIMAL(20,10) NOT NULL,
  price      DECIMAL(20,10) NOT NULL,
  commission DECIMAL(20,10),
  pnl        DECIMAL(20,10)
) PARTITION BY DAY (timestamp) CLUSTER BY (symbol) WITH (symbols = 'exchange, side');
CREATE INDEX symbol_timestamp_idx ON trades USING brin (symbol, timestamp);

-- ---- models

CREATE TABLE model_versions (
  model_id            BIGSERIAL PRIMARY KEY,
  model_name          VARCHAR(100) NOT NULL,
  version             VARCHAR(50) NOT NULL UNIQUE,
  created_at          TIMESTAMPTZ NOT NULL DEFAULT now(),
  deployed_at         TIMESTAMPTZ,
  status              VARCHAR(20) NOT NULL DEFAULT 'training',
  performance_metrics JSONB,
  hyperparameters     JSONB,
  model_path          VARCHAR(500)
);

CREATE TABLE model_performance (
  timestamp     TIMESTAMPTZ NOT NULL,
  model_version VARCHAR(50) NOT NULL,
  symbol        VARCHAR(20) NOT NULL,
  prediction    DECIMAL(10,5) NOT NULL,
  actual        DECIMAL(10,5) NOT NULL,
  confidence    DECIMAL(10,5) NOT NULL,
  latency_ms    INTEGER NOT NULL,
  PRIMARY KEY (timestamp, model_version, symbol),
  CONSTRAINT chk_confidence_range CHECK (confidence >= 0 AND confidence <= 1),
  CONSTRAINT fk_model_performance_versions FOREIGN KEY (model_version)
    REFERENCES model_versions (version) ON DELETE CASCADE
) PARTITION BY RANGE (timestamp) CLUSTER BY (symbol) WITH (symbols = 'model_version');
CREATE INDEX model_symbol_timestamp_idx ON model_performance (model_version, symbol, timestamp);

CREATE TABLE deployment_configs (
  model_id   BIGINT PRIMARY KEY REFERENCES model_versions (model_id) ON DELETE CASCADE,
  config     JSONB NOT NULL,
  updated_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE TABLE symbol_strategies (
  symbol   VARCHAR(20) NOT NULL,
  strategy VARCHAR(100) NOT NULL,
  PRIMARY KEY (symbol, strategy)
);

-- ---- learning

CREATE TABLE experience_replay (
  memory_id  BIGSERIAL PRIMARY KEY,
  timestamp  TIMESTAMPTZ NOT NULL,
  tier       INTEGER NOT NULL CHECK (tier >= 1 AND tier <= 6),
  state      JSONB NOT NULL,
  action     JSONB NOT NULL,
  reward     DECIMAL(10,5) NOT NULL,
  next_state JSONB NOT NULL,
  priority   DECIMAL(10,5) NOT NULL DEFAULT 1.0
);
CREATE INDEX tier_priority_timestamp_idx ON experience_replay (tier, priority, timestamp);

CREATE TABLE adaptation_history (
  adaptation_id      BIGSERIAL PRIMARY KEY,
  timestamp          TIMESTAMPTZ NOT NULL,
  model_version      VARCHAR(50) NOT NULL,
  trigger_event      VARCHAR(100) NOT NULL,
  adaptation_type    VARCHAR(50) NOT NULL,
  performance_before JSONB,
  performance_after  JSONB,
  success            BOOLEAN
);
COMMENT ON COLUMN adaptation_history.adaptation_type IS
  'RETRAINING, FINETUNING or PARAMETER_UPDATE';

CREATE TABLE market_regimes (
  regime_id        BIGSERIAL PRIMARY KEY,
  timestamp        TIMESTAMPTZ NOT NULL,
  symbol           VARCHAR(20) NOT NULL,
  regime_type      VARCHAR(50) NOT NULL,
  confidence       DECIMAL(10,5) NOT NULL,
  features         JSONB,
  duration_minutes INTEGER
);

-- ---- risk

CREATE TABLE risk_metrics (
  timestamp          TIMESTAMPTZ NOT NULL,
  portfolio_value    DECIMAL(20,10) NOT NULL,
  total_exposure     DECIMAL(20,10) NOT NULL,
  margin_used        DECIMAL(20,10) NOT NULL,
  available_margin   DECIMAL(20,10) NOT NULL,
  leverage_ratio     DECIMAL(10,5) NOT NULL,
  max_drawdown       DECIMAL(10,5) NOT NULL,
  var_95             DECIMAL(20,10) NOT NULL,
  expected_shortfall DECIMAL(20,10) NOT NULL,
  PRIMARY KEY (timestamp)
);

CREATE TABLE stress_test_results (
  test_id               BIGSERIAL PRIMARY KEY,
  test_date             TIMESTAMPTZ NOT NULL,
  scenario_name         VARCHAR(100) NOT NULL,
  portfolio_value       DECIMAL(20,10) NOT NULL,
  loss_amount           DECIMAL(20,10) NOT NULL,
  loss_percentage       DECIMAL(10,5) NOT NULL,
  recovery_time_minutes INTEGER,
  risk_metrics          JSONB,
  portfolio_id          BIGINT,
  CONSTRAINT fk_stress_portfolio FOREIGN KEY (portfolio_id)
    REFERENCES portfolios (portfolio_id) ON DELETE CASCADE
);

-- ---- logs and analytics

CREATE TABLE system_logs (
  log_id    BIGSERIAL PRIMARY KEY,
  timestamp TIMESTAMPTZ NOT NULL DEFAULT now(),
  level     VARCHAR(20) NOT NULL,
  component VARCHAR(100) NOT NULL,
  message   TEXT NOT NULL,
  metadata  JSONB
) PARTITION BY RANGE (timestamp) CLUSTER BY (component) WITH (symbols = 'level');
CREATE INDEX error_logs_idx ON system_logs (timestamp) WHERE level = 'ERROR';

CREATE TABLE performance_analytics (
  timestamp     TIMESTAMPTZ NOT NULL,
  period        VARCHAR(20) NOT NULL,
  total_return  DECIMAL(10,5) NOT NULL,
  sharpe_ratio  DECIMAL(10,5) NOT NULL,
  max_drawdown  DECIMAL(10,5) NOT NULL,
  win_rate      DECIMAL(10,5) NOT NULL,
  profit_factor DECIMAL(10,5) NOT NULL,
  total_trades  INTEGER NOT NULL,
  avg_win       DECIMAL(20,10) NOT NULL,
  avg_loss      DECIMAL(20,10) NOT NULL,
  PRIMARY KEY (timestamp, period)
);

-- ---- what follows from it

CREATE FUNCTION update_position_pnl() RETURNS TRIGGER AS $$
BEGIN
  NEW.unrealized_pnl = (NEW.current_price - NEW.entry_price) * NEW.quantity
                       * CASE WHEN NEW.side = 'SHORT' THEN -1 ELSE 1 END;
  RETURN NEW;
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER trigger_update_position_pnl BEFORE UPDATE ON positions
  FOR EACH ROW WHEN (OLD.current_price IS DISTINCT FROM NEW.current_price)
  EXECUTE FUNCTION update_position_pnl();

CREATE VIEW active_portfolio AS
SELECT symbol,
       sum(CASE WHEN side = 'LONG' THEN quantity ELSE -quantity END) AS net_position,
       sum(unrealized_pnl) AS total_pnl,
       avg(entry_price) AS avg_entry_price
FROM positions
WHERE status = 'open'
GROUP BY symbol;

CREATE VIEW model_performance_summary AS
SELECT model_version,
       symbol,
       avg(abs(prediction - actual)) AS avg_error,
       avg(latency_ms) AS avg_latency,
       count(*) AS prediction_count
FROM model_performance
WHERE timestamp > now() - INTERVAL '24 hours'
GROUP BY model_version, symbol;
