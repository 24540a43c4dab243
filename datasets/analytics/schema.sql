-- Trade analytics: outcomes, predictions, market conditions, strategies, models, experiments and
-- the queue of jobs that improve them. README.md says which readings were taken.

CREATE SCHEMA analytics;
SET schema = analytics;

CREATE TABLE trade_outcomes (
  id                      BIGSERIAL PRIMARY KEY,
  trade_id                UUID NOT NULL UNIQUE,
  strategy_id             VARCHAR(50) NOT NULL,
  model_version           VARCHAR(20) NOT NULL,
  symbol                  VARCHAR(10) NOT NULL,
  direction               VARCHAR(7) NOT NULL CHECK (direction IN ('LONG', 'SHORT')),
  entry_time              TIMESTAMPTZ NOT NULL,
  exit_time               TIMESTAMPTZ,
  entry_price             DECIMAL(18,8) NOT NULL,
  exit_price              DECIMAL(18,8),
  quantity                INTEGER NOT NULL,
  gross_pnl               DECIMAL(18,4),
  net_pnl                 DECIMAL(18,4),
  commission              DECIMAL(18,4) DEFAULT 0,
  slippage                DECIMAL(18,8) DEFAULT 0,
  duration_seconds        INTEGER,
  max_favorable_excursion DECIMAL(18,4),
  max_adverse_excursion   DECIMAL(18,4),
  outcome_type            VARCHAR(20)
    CHECK (outcome_type IN ('WIN', 'LOSS', 'BREAKEVEN', 'OPEN')),
  created_at              TIMESTAMPTZ DEFAULT now(),
  updated_at              TIMESTAMPTZ DEFAULT now()
) PARTITION BY WEEK (entry_time) CLUSTER BY (strategy_id)
  WITH (symbols = 'model_version, symbol, direction, outcome_type');
CREATE INDEX idx_trade_outcomes_strategy ON trade_outcomes (strategy_id, entry_time DESC);
CREATE INDEX idx_trade_outcomes_model ON trade_outcomes (model_version, entry_time DESC);
CREATE INDEX idx_trade_outcomes_symbol ON trade_outcomes (symbol, entry_time DESC);
CREATE INDEX idx_trade_outcomes_time ON trade_outcomes (entry_time DESC);

CREATE TABLE model_predictions (
  id                         BIGSERIAL PRIMARY KEY,
  prediction_id              UUID NOT NULL UNIQUE,
  model_version              VARCHAR(20) NOT NULL,
  model_type                 VARCHAR(30) NOT NULL,
  symbol                     VARCHAR(10) NOT NULL,
  predicted_at               TIMESTAMPTZ NOT NULL,
  prediction_horizon_minutes INTEGER NOT NULL,
  predicted_direction        VARCHAR(7),
  confidence_score           DECIMAL(5,4),
  predicted_volatility       DECIMAL(10,6),
  feature_vector             JSONB NOT NULL,
  feature_hash               VARCHAR(64),
  actual_direction           VARCHAR(7),
  actual_return              DECIMAL(18,8),
  prediction_accuracy        BOOLEAN,
  validated_at               TIMESTAMPTZ,
  created_at                 TIMESTAMPTZ DEFAULT now()
) PARTITION BY WEEK (predicted_at) CLUSTER BY (model_version)
  WITH (symbols = 'model_type, symbol, predicted_direction, actual_direction');
COMMENT ON COLUMN model_predictions.model_type IS 'direction, volatility or regime';
COMMENT ON COLUMN model_predictions.validated_at IS 'NULL until what happened is known';
CREATE INDEX idx_model_predictions_model ON model_predictions (model_version, predicted_at DESC);
CREATE INDEX idx_model_predictions_symbol ON model_predictions (symbol, predicted_at DESC);
CREATE INDEX idx_model_predictions_unvalidated ON model_predictions (validated_at)
  WHERE validated_at IS NULL;

CREATE TABLE market_conditions (
  id                 BIGSERIAL PRIMARY KEY,
  symbol             VARCHAR(10) NOT NULL,
  timestamp          TIMESTAMPTZ NOT NULL,
  open               DECIMAL(18,8) NOT NULL,
  high               DECIMAL(18,8) NOT NULL,
  low                DECIMAL(18,8) NOT NULL,
  close              DECIMAL(18,8) NOT NULL,
  volume             BIGINT NOT NULL,
  atr_14             DECIMAL(18,8),
  rsi_14             DECIMAL(5,2),
  ema_20             DECIMAL(18,8),
  ema_50             DECIMAL(18,8),
  bb_upper           DECIMAL(18,8),
  bb_lower           DECIMAL(18,8),
  macd_line          DECIMAL(18,8),
  macd_signal        DECIMAL(18,8),
  volatility_20d     DECIMAL(10,6),
  vix                DECIMAL(8,4),
  detected_regime    VARCHAR(20),
  regime_confidence  DECIMAL(5,4),
  spy_correlation    DECIMAL(4,3),
  sector_correlation DECIMAL(4,3),
  created_at         TIMESTAMPTZ DEFAULT now(),
  UNIQUE (symbol, timestamp)
) CLUSTER BY (symbol) WITH (symbols = 'detected_regime');
SELECT create_hypertable('market_conditions', 'timestamp',
                         chunk_time_interval => INTERVAL '1 day');
COMMENT ON COLUMN market_conditions.detected_regime IS
  'trending_up, trending_down, ranging or volatile';
CREATE INDEX idx_market_conditions_regime ON market_conditions (detected_regime, timestamp DESC);

CREATE TABLE strategy_performance (
  id                         BIGSERIAL PRIMARY KEY,
  strategy_id                VARCHAR(50) NOT NULL,
  model_version              VARCHAR(20) NOT NULL,
  period_type                VARCHAR(10) NOT NULL
    CHECK (period_type IN ('DAY', 'WEEK', 'MONTH')),
  period_start               DATE NOT NULL,
  total_trades               INTEGER DEFAULT 0,
  winning_trades             INTEGER DEFAULT 0,
  losing_trades              INTEGER DEFAULT 0,
  breakeven_trades           INTEGER DEFAULT 0,
  gross_profit               DECIMAL(18,4) DEFAULT 0,
  gross_loss                 DECIMAL(18,4) DEFAULT 0,
  net_pnl                    DECIMAL(18,4) DEFAULT 0,
  total_commission           DECIMAL(18,4) DEFAULT 0,
  win_rate                   DECIMAL(5,4),
  profit_factor              DECIMAL(8,4),
  avg_win                    DECIMAL(18,4),
  avg_loss                   DECIMAL(18,4),
  avg_trade                  DECIMAL(18,4),
  largest_win                DECIMAL(18,4),
  largest_loss               DECIMAL(18,4),
  max_drawdown               DECIMAL(8,4),
  max_drawdown_duration_days INTEGER,
  sharpe_ratio               DECIMAL(8,4),
  sortino_ratio              DECIMAL(8,4),
  calmar_ratio               DECIMAL(8,4),
  avg_slippage               DECIMAL(18,8),
  avg_fill_time_ms           INTEGER,
  created_at                 TIMESTAMPTZ DEFAULT now(),
  updated_at                 TIMESTAMPTZ DEFAULT now(),
  UNIQUE (strategy_id, model_version, period_type, period_start)
);
CREATE INDEX idx_strategy_performance_strategy
  ON strategy_performance (strategy_id, period_start DESC);
CREATE INDEX idx_strategy_performance_model
  ON strategy_performance (model_version, period_start DESC);

CREATE TABLE model_performance (
  id                         BIGSERIAL PRIMARY KEY,
  model_version              VARCHAR(20) NOT NULL,
  model_type                 VARCHAR(30) NOT NULL,
  evaluation_date            DATE NOT NULL,
  training_samples           INTEGER,
  testing_samples            INTEGER,
  training_period_start      DATE,
  training_period_end        DATE,
  accuracy                   DECIMAL(5,4),
  precision                  DECIMAL(5,4),
  recall                     DECIMAL(5,4),
  f1_score                   DECIMAL(5,4),
  auc_roc                    DECIMAL(5,4),
  brier_score                DECIMAL(6,5),
  expected_calibration_error DECIMAL(6,5),
  trending_up_accuracy       DECIMAL(5,4),
  trending_down_accuracy     DECIMAL(5,4),
  ranging_accuracy           DECIMAL(5,4),
  volatile_accuracy          DECIMAL(5,4),
  feature_importance         JSONB,
  live_accuracy              DECIMAL(5,4),
  live_pnl_contribution      DECIMAL(18,4),
  status                     VARCHAR(20) DEFAULT 'evaluating'
    CHECK (status IN ('evaluating', 'staging', 'production', 'retired')),
  created_at                 TIMESTAMPTZ DEFAULT now()
);
CREATE INDEX idx_model_performance_version
  ON model_performance (model_version, evaluation_date DESC);
CREATE INDEX idx_model_performance_status ON model_performance (status);

CREATE TABLE improvement_events (
  id                      BIGSERIAL PRIMARY KEY,
  event_type              VARCHAR(30) NOT NULL,
  event_timestamp         TIMESTAMPTZ DEFAULT now(),
  component_type          VARCHAR(30) NOT NULL,
  component_id            VARCHAR(50) NOT NULL,
  old_value               JSONB,
  new_value               JSONB,
  trigger_reason          VARCHAR(100),
  performance_before      JSONB,
  performance_after       JSONB,
  improvement_metrics     JSONB,
  automated               BOOLEAN DEFAULT TRUE,
  approved_by             VARCHAR(50),
  approval_timestamp      TIMESTAMPTZ,
  can_rollback            BOOLEAN DEFAULT TRUE,
  rollback_timestamp      TIMESTAMPTZ,
  discord_notified        BOOLEAN DEFAULT FALSE,
  notification_message_id VARCHAR(100),
  created_at              TIMESTAMPTZ DEFAULT now()
);
CREATE INDEX idx_improvement_events_type ON improvement_events (event_type, event_timestamp DESC);
CREATE INDEX idx_improvement_events_component
  ON improvement_events (component_type, component_id);

CREATE TABLE ab_tests (
  id                          BIGSERIAL PRIMARY KEY,
  test_id                     UUID NOT NULL UNIQUE,
  test_name                   VARCHAR(100) NOT NULL,
  control_version             VARCHAR(20) NOT NULL,
  treatment_version           VARCHAR(20) NOT NULL,
  test_type                   VARCHAR(20) NOT NULL
    CHECK (test_type IN ('model', 'strategy', 'params')),
  control_traffic_percent     INTEGER NOT NULL CHECK (control_traffic_percent BETWEEN 0 AND 100),
  treatment_traffic_percent   INTEGER NOT NULL CHECK (treatment_traffic_percent BETWEEN 0 AND 100),
  started_at                  TIMESTAMPTZ NOT NULL,
  ended_at                    TIMESTAMPTZ,
  scheduled_duration_hours    INTEGER DEFAULT 48,
  success_metric              VARCHAR(50) NOT NULL,
  minimum_improvement_percent DECIMAL(5,2) DEFAULT 5.0,
  control_metrics             JSONB,
  treatment_metrics           JSONB,
  improvement_percent         DECIMAL(6,2),
  status                      VARCHAR(20) DEFAULT 'running'
    CHECK (status IN ('running', 'promoted', 'rejected', 'rollback')),
  conclusion                  VARCHAR(200),
  created_at                  TIMESTAMPTZ DEFAULT now(),
  updated_at                  TIMESTAMPTZ DEFAULT now()
);
CREATE INDEX idx_ab_tests_status ON ab_tests (status);
CREATE INDEX idx_ab_tests_running ON ab_tests (status, started_at) WHERE status = 'running';

CREATE TABLE optimization_queue (
  id                   BIGSERIAL PRIMARY KEY,
  task_type            VARCHAR(30) NOT NULL,
  component_id         VARCHAR(50) NOT NULL,
  frequency            VARCHAR(20) NOT NULL,
  last_run_at          TIMESTAMPTZ,
  next_run_at          TIMESTAMPTZ NOT NULL,
  status               VARCHAR(20) DEFAULT 'pending'
    CHECK (status IN ('pending', 'running', 'completed', 'failed')),
  priority             INTEGER DEFAULT 5,
  last_result          JSONB,
  last_error           TEXT,
  consecutive_failures INTEGER DEFAULT 0,
  config               JSONB NOT NULL,
  enabled              BOOLEAN DEFAULT TRUE,
  created_at           TIMESTAMPTZ DEFAULT now(),
  updated_at           TIMESTAMPTZ DEFAULT now()
);
COMMENT ON COLUMN optimization_queue.priority IS '1 comes first';
CREATE INDEX idx_optimization_queue_next_run ON optimization_queue (next_run_at)
  WHERE enabled = TRUE AND status = 'pending';
CREATE INDEX idx_optimization_queue_status ON optimization_queue (status);
