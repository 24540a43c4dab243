-- Quant-Bot: users, wallets, portfolios, strategies, signals and trades; and what its document store,
-- its time series store and its cache kept, each in a schema of its own. README.md says which
-- readings were taken.

CREATE SCHEMA quantbot;
CREATE SCHEMA quantbot_docs;
CREATE SCHEMA quantbot_series;
CREATE SCHEMA quantbot_cache;
SET schema = quantbot;

-- ---- users

CREATE TABLE users (
  user_id            UUID PRIMARY KEY,
  email              VARCHAR(255) NOT NULL UNIQUE,
  password_hash      VARCHAR(255) NOT NULL SENSITIVE,
  role               VARCHAR(50) NOT NULL DEFAULT 'user',
  created_at         TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at         TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  last_login_at      TIMESTAMP,
  status             VARCHAR(50) NOT NULL DEFAULT 'active',
  two_factor_enabled BOOLEAN NOT NULL DEFAULT FALSE
);

CREATE TABLE user_profiles (
  profile_id               UUID PRIMARY KEY,
  user_id                  UUID NOT NULL REFERENCES users (user_id),
  display_name             VARCHAR(100),
  risk_tolerance           VARCHAR(50) DEFAULT 'moderate',
  default_theme            VARCHAR(50) DEFAULT 'light',
  notification_preferences JSONB,
  dashboard_layout         JSONB,
  created_at               TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at               TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE user_api_keys (
  key_id       UUID PRIMARY KEY,
  user_id      UUID NOT NULL REFERENCES users (user_id),
  key_name     VARCHAR(100) NOT NULL,
  api_key      VARCHAR(100) NOT NULL,
  api_secret   VARCHAR(255) NOT NULL SENSITIVE,
  permissions  VARCHAR(255)[] NOT NULL,
  created_at   TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  expires_at   TIMESTAMP,
  last_used_at TIMESTAMP,
  status       VARCHAR(50) NOT NULL DEFAULT 'active'
);

-- ---- wallets and portfolios

CREATE TABLE wallets (
  wallet_id      UUID PRIMARY KEY,
  user_id        UUID NOT NULL REFERENCES users (user_id),
  wallet_address VARCHAR(255) NOT NULL,
  wallet_name    VARCHAR(100),
  blockchain     VARCHAR(50) NOT NULL DEFAULT 'solana',
  wallet_type    VARCHAR(50) NOT NULL,
  created_at     TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at     TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  last_synced_at TIMESTAMP,
  status         VARCHAR(50) NOT NULL DEFAULT 'active',
  UNIQUE (user_id, wallet_address)
);

CREATE TABLE portfolios (
  portfolio_id UUID PRIMARY KEY,
  user_id      UUID NOT NULL REFERENCES users (user_id),
  name         VARCHAR(100) NOT NULL,
  description  TEXT,
  risk_limit   DECIMAL(15,6),
  created_at   TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at   TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  status       VARCHAR(50) NOT NULL DEFAULT 'active'
);

CREATE TABLE portfolio_positions (
  position_id         UUID PRIMARY KEY,
  portfolio_id        UUID NOT NULL REFERENCES portfolios (portfolio_id),
  token_address       VARCHAR(255) NOT NULL,
  token_symbol        VARCHAR(50),
  token_name          VARCHAR(255),
  quantity            DECIMAL(30,15) NOT NULL,
  average_entry_price DECIMAL(30,15),
  current_price       DECIMAL(30,15),
  created_at          TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at          TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  last_trade_at       TIMESTAMP
);

-- ---- trading

CREATE TABLE trading_strategies (
  strategy_id   UUID PRIMARY KEY,
  user_id       UUID NOT NULL REFERENCES users (user_id),
  strategy_name VARCHAR(100) NOT NULL,
  strategy_type VARCHAR(50) NOT NULL,
  description   TEXT,
  parameters    JSONB NOT NULL,
  created_at    TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at    TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  last_run_at   TIMESTAMP,
  status        VARCHAR(50) NOT NULL DEFAULT 'active'
);

CREATE TABLE trading_signals (
  signal_id       UUID PRIMARY KEY,
  strategy_id     UUID REFERENCES trading_strategies (strategy_id),
  signal_type     VARCHAR(50) NOT NULL,
  token_address   VARCHAR(255) NOT NULL,
  direction       VARCHAR(10) NOT NULL,
  confidence      DECIMAL(5,2) NOT NULL,
  price_target    DECIMAL(30,15),
  stop_loss       DECIMAL(30,15),
  take_profit     DECIMAL(30,15),
  expiration_time TIMESTAMP,
  created_at      TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  processed_at    TIMESTAMP,
  status          VARCHAR(50) NOT NULL DEFAULT 'pending',
  metadata        JSONB
);
COMMENT ON COLUMN trading_signals.direction IS 'buy or sell';

CREATE TABLE trades (
  trade_id          UUID PRIMARY KEY,
  user_id           UUID NOT NULL REFERENCES users (user_id),
  portfolio_id      UUID REFERENCES portfolios (portfolio_id),
  signal_id         UUID REFERENCES trading_signals (signal_id),
  strategy_id       UUID REFERENCES trading_strategies (strategy_id),
  token_address     VARCHAR(255) NOT NULL,
  token_symbol      VARCHAR(50),
  direction         VARCHAR(10) NOT NULL,
  quantity          DECIMAL(30,15) NOT NULL,
  price             DECIMAL(30,15) NOT NULL,
  value_usd         DECIMAL(15,2),
  fee_amount        DECIMAL(30,15),
  transaction_hash  VARCHAR(255),
  created_at        TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  executed_at       TIMESTAMP,
  status            VARCHAR(50) NOT NULL,
  execution_details JSONB
);
COMMENT ON COLUMN trades.direction IS 'buy or sell';

-- ---- events

CREATE TABLE system_events (
  event_id     UUID PRIMARY KEY,
  event_type   VARCHAR(100) NOT NULL,
  severity     VARCHAR(50) NOT NULL,
  source       VARCHAR(100) NOT NULL,
  message      TEXT NOT NULL,
  details      JSONB,
  created_at   TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  processed_at TIMESTAMP,
  status       VARCHAR(50) NOT NULL DEFAULT 'new'
);

CREATE TABLE user_notifications (
  notification_id   UUID PRIMARY KEY,
  user_id           UUID NOT NULL REFERENCES users (user_id),
  event_id          UUID REFERENCES system_events (event_id),
  notification_type VARCHAR(100) NOT NULL,
  title             VARCHAR(255) NOT NULL,
  message           TEXT NOT NULL,
  importance        VARCHAR(50) NOT NULL DEFAULT 'normal',
  created_at        TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  read_at           TIMESTAMP,
  status            VARCHAR(50) NOT NULL DEFAULT 'unread'
);

-- ---- documents: the key, what is asked for often, and the rest as it is

SET schema = quantbot_docs;

CREATE TABLE token_metadata (
  token_address  VARCHAR(255) PRIMARY KEY,
  symbol         VARCHAR(50) NOT NULL,
  name           VARCHAR(255),
  decimals       SMALLINT NOT NULL,
  total_supply   DECIMAL(38,0),
  security_score SMALLINT,
  document       JSONB NOT NULL,
  created_at     TIMESTAMP NOT NULL DEFAULT now(),
  updated_at     TIMESTAMP NOT NULL DEFAULT now()
);
COMMENT ON COLUMN token_metadata.total_supply IS 'in the smallest unit; the document has it as text';
COMMENT ON COLUMN token_metadata.document IS
  'authorities, metadata, contractAnalysis, tokenomics, exchanges, priceHistory, socialMetrics';

CREATE TABLE market_data (
  snapshot_id VARCHAR(255) PRIMARY KEY,
  timestamp   TIMESTAMP NOT NULL,
  sentiment   VARCHAR(50),
  document    JSONB NOT NULL
) PARTITION BY MONTH (timestamp);
COMMENT ON COLUMN market_data.document IS
  'globalMetrics, marketMood, topMovers, sectorPerformance, whaleActivity, liquidityMetrics';

CREATE TABLE whale_activity (
  transaction_id      VARCHAR(255) PRIMARY KEY,
  timestamp           TIMESTAMP NOT NULL,
  block_time          BIGINT NOT NULL,
  signature           VARCHAR(255) NOT NULL,
  wallet_address      VARCHAR(255) NOT NULL,
  transaction_type    VARCHAR(50),
  price_move_after_3h DOUBLE PRECISION,
  document            JSONB NOT NULL
) PARTITION BY MONTH (timestamp);
COMMENT ON COLUMN whale_activity.block_time IS 'seconds since 1970';
COMMENT ON COLUMN whale_activity.price_move_after_3h IS 'set three hours later';

CREATE TABLE strategy_configuration (
  strategy_id UUID PRIMARY KEY REFERENCES quantbot.trading_strategies (strategy_id),
  active      BOOLEAN NOT NULL DEFAULT TRUE,
  timezone    VARCHAR(50) NOT NULL DEFAULT 'UTC',
  document    JSONB NOT NULL,
  created_at  TIMESTAMP NOT NULL DEFAULT now(),
  updated_at  TIMESTAMP NOT NULL DEFAULT now(),
  last_run_at TIMESTAMP
);
COMMENT ON COLUMN strategy_configuration.document IS
  'parameters, filters, performance, schedule with its time windows';

-- ---- measurements: a point is its tags and its time; a tag may be missing

SET schema = quantbot_series;

CREATE TABLE token_prices (
  time             TIMESTAMP NOT NULL,
  token_address    VARCHAR(255) NOT NULL,
  symbol           VARCHAR(50),
  source           VARCHAR(50),
  price            DOUBLE PRECISION,
  volume           DOUBLE PRECISION,
  market_cap       DOUBLE PRECISION,
  liquidity        DOUBLE PRECISION,
  price_change_24h DOUBLE PRECISION,
  high_24h         DOUBLE PRECISION,
  low_24h          DOUBLE PRECISION,
  UNIQUE NULLS NOT DISTINCT (time, token_address, symbol, source)
) PARTITION BY DAY (time) CLUSTER BY (token_address) WITH (symbols = 'symbol, source');

CREATE TABLE trading_metrics (
  time             TIMESTAMP NOT NULL,
  strategy_id      VARCHAR(255),
  user_id          VARCHAR(255),
  token_address    VARCHAR(255),
  pnl_percent      DOUBLE PRECISION,
  pnl_absolute     DOUBLE PRECISION,
  exposure_usd     DOUBLE PRECISION,
  max_drawdown     DOUBLE PRECISION,
  sharpe_ratio     DOUBLE PRECISION,
  sortino_ratio    DOUBLE PRECISION,
  win_count        BIGINT,
  loss_count       BIGINT,
  active_positions BIGINT,
  UNIQUE NULLS NOT DISTINCT (time, strategy_id, user_id, token_address)
) PARTITION BY DAY (time) CLUSTER BY (strategy_id) WITH (symbols = 'user_id, token_address');

CREATE TABLE system_performance (
  time               TIMESTAMP NOT NULL,
  service            VARCHAR(100),
  instance           VARCHAR(100),
  region             VARCHAR(50),
  cpu_usage          DOUBLE PRECISION,
  memory_usage       DOUBLE PRECISION,
  response_time      DOUBLE PRECISION,
  throughput         DOUBLE PRECISION,
  request_count      BIGINT,
  error_count        BIGINT,
  queue_depth        BIGINT,
  active_connections BIGINT,
  UNIQUE NULLS NOT DISTINCT (time, service, instance, region)
) PARTITION BY DAY (time) CLUSTER BY (service) WITH (symbols = 'instance, region');

CREATE TABLE trading_signals (
  time            TIMESTAMP NOT NULL,
  signal_id       VARCHAR(255),
  strategy_id     VARCHAR(255),
  token_address   VARCHAR(255),
  direction       VARCHAR(10),
  confidence      DOUBLE PRECISION,
  strength        DOUBLE PRECISION,
  price           DOUBLE PRECISION,
  volume          DOUBLE PRECISION,
  predicted_move  DOUBLE PRECISION,
  actual_move_1h  DOUBLE PRECISION,
  actual_move_24h DOUBLE PRECISION,
  success         BOOLEAN,
  UNIQUE NULLS NOT DISTINCT (time, signal_id, strategy_id, token_address, direction)
) PARTITION BY DAY (time) CLUSTER BY (strategy_id) WITH (symbols = 'token_address, direction');
COMMENT ON COLUMN trading_signals.signal_id IS 'one each: kept as text, not as a symbol';
COMMENT ON COLUMN trading_signals.actual_move_1h IS 'set an hour later';

-- ---- caches: the key, what is kept under it, and when it is worth nothing any more

SET schema = quantbot_cache;

CREATE TABLE price (
  token_address VARCHAR(255) PRIMARY KEY,
  price         DECIMAL(30,15) NOT NULL,
  updated_at    TIMESTAMP NOT NULL DEFAULT now(),
  source        VARCHAR(50),
  change_24h    DECIMAL(30,15),
  volume_24h    DECIMAL(30,15),
  expires_at    TIMESTAMP NOT NULL
) WITH (history = 'none');
COMMENT ON COLUMN price.expires_at IS '30 seconds after updated_at';

CREATE TABLE signal (
  signal_id     UUID PRIMARY KEY,
  token_address VARCHAR(255) NOT NULL,
  direction     VARCHAR(10) NOT NULL,
  confidence    DECIMAL(5,2) NOT NULL,
  price         DECIMAL(30,15),
  strategy_id   UUID,
  created_at    TIMESTAMP NOT NULL DEFAULT now(),
  expires_at    TIMESTAMP NOT NULL
) WITH (history = 'none');
COMMENT ON COLUMN signal.expires_at IS 'what the signal itself says';

CREATE TABLE session (
  session_id    VARCHAR(255) PRIMARY KEY,
  user_id       UUID NOT NULL,
  email         VARCHAR(255) NOT NULL,
  role          VARCHAR(50) NOT NULL,
  permissions   JSONB NOT NULL,
  last_activity TIMESTAMP NOT NULL DEFAULT now(),
  ip_address    INET SENSITIVE,
  expires_at    TIMESTAMP NOT NULL
) WITH (history = 'none');
COMMENT ON COLUMN session.expires_at IS '24 hours after last_activity, moved by each';

CREATE TABLE api (
  endpoint        VARCHAR(255) NOT NULL,
  parameters_hash VARCHAR(64) NOT NULL,
  response        JSONB NOT NULL,
  expires_at      TIMESTAMP NOT NULL,
  PRIMARY KEY (endpoint, parameters_hash)
) WITH (history = 'none');
COMMENT ON COLUMN api.expires_at IS 'seconds to minutes, by endpoint';
