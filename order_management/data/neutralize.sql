-- A copy of a database must not reach anybody outside.
UPDATE order_outbox SET state = 'parked', error = 'Neutralized copy' WHERE state = 'waiting';
UPDATE order_tracking_source SET active = FALSE;
UPDATE order_notification SET state = 'cancelled', error = 'Neutralized copy' WHERE state = 'waiting';
UPDATE order_print_job SET state = 'cancelled', error = 'Neutralized copy' WHERE state IN ('waiting', 'claimed');
