"""DuckDB over the same columns: one query of CASE expressions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import duckdb

PACKAGE = "duckdb"
QUERY = """
WITH scored AS (
  SELECT *,
    greatest(-20, least(80,
      CASE title WHEN 'chief' THEN 20 WHEN 'manager' THEN 15 WHEN 'in_charge' THEN 8 WHEN 'student' THEN -20
        ELSE 0 END
      + CASE department WHEN 'marketing' THEN 10 WHEN 'sales' THEN 8 WHEN 'it' THEN 5 ELSE 0 END
      + CASE authority WHEN 'decision_maker' THEN 15 WHEN 'influencer' THEN 8 ELSE 0 END
      + CASE WHEN industry IN ('software', 'manufacturing', 'finance', 'logistics') THEN 10 ELSE 0 END
      + CASE WHEN employees >= 1000 THEN 20 WHEN employees >= 200 THEN 12 WHEN employees >= 50 THEN 6 ELSE 0 END
      + CASE WHEN months <= 1 THEN 10 WHEN months <= 6 THEN 5 ELSE 0 END
      + CASE WHEN mail_domain IN ('163.com', 'qq.com', 'gmail.com', 'outlook.com') THEN -10 ELSE 0 END
      + CASE WHEN country <> 'CN' THEN -5 ELSE 0 END)) AS fit,
    greatest(-10, least(60,
      CASE source WHEN 'form' THEN 10 WHEN 'seminar' THEN 15 WHEN 'chat' THEN 8 WHEN 'partner' THEN 5 ELSE 0 END
      + CASE WHEN visits >= 10 THEN 15 WHEN visits >= 3 THEN 8 ELSE 0 END
      + CASE WHEN downloads >= 1 THEN 5 ELSE 0 END
      + CASE WHEN inquiries >= 1 THEN 10 ELSE 0 END
      + CASE WHEN seminar THEN 10 ELSE 0 END
      + CASE WHEN newsletter THEN 3 ELSE 0 END
      + CASE WHEN silent_days > 90 THEN -10 WHEN silent_days > 30 THEN -5 ELSE 0 END)) AS intent,
    CASE WHEN budget <= 0 OR authority = 'user' OR months > 6 THEN 'fail'
         WHEN budget IS NULL OR authority IS NULL OR months IS NULL OR need IS NULL THEN 'unknown'
         ELSE 'pass' END AS bant
  FROM frame),
summed AS (SELECT *, fit + intent AS total FROM scored)
SELECT fit, intent, total, bant,
  CASE WHEN total >= 65 AND bant = 'pass' THEN 'SQL' WHEN total >= 50 THEN 'SAL' WHEN total >= 30 THEN 'MQL' END,
  CASE WHEN customer THEN 'customer'
       WHEN partner IS NOT NULL THEN 'partner'
       WHEN total >= 30 AND employees >= 5000 THEN 'key'
       WHEN total >= 65 AND bant = 'pass' THEN 'ready'
       WHEN total >= 65 AND bant = 'unknown' THEN 'undecided'
       WHEN total >= 30 AND country <> 'CN' THEN 'abroad'
       WHEN total >= 30 AND region IN ('beijing', 'tianjin', 'hebei') THEN 'north'
       WHEN total >= 30 AND region IN ('shanghai', 'jiangsu', 'zhejiang') THEN 'east'
       WHEN total >= 30 AND region IN ('guangdong', 'fujian', 'hainan') THEN 'south'
       WHEN inquiries >= 2 AND total >= 10 THEN 'asked'
       WHEN budget >= 500000 THEN 'rich'
       WHEN total >= 30 THEN 'warm'
       ELSE 'otherwise' END
FROM summed
"""


def make(frame: Any) -> Callable[[], Any]:
    """What decides a Polars frame: the answer is a Polars frame too, in the same order."""
    import polars

    connection = duckdb.connect()
    connection.execute(f"SET threads TO {polars.thread_pool_size()}")
    connection.register("frame", frame.to_arrow())
    return lambda: polars.from_arrow(connection.sql(QUERY).to_arrow_table())
