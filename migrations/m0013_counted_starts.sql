CREATE INDEX counters_of_starts ON counters (window_start) WHERE substr(name, 1, 7) = 'starts '
