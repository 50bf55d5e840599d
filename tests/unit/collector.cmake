# Unit tests of collector/.
foreach(module
  access_attempts
  backlog
  batch_size
  cart_facts
  cart_settings
  cart_state
  catalogue
  certificates
  checkpoint
  closing
  content
  day_report
  day_starts
  daily_missing
  daily_row
  dead_letter
  desk
  dispatch
  dispatch_death
  dispatch_desk
  effects
  effects_runner
  fix_filter
  fugitive
  hmac
  http_burst
  http_limits
  idempotency
  import
  kafka_look
  kafka_position
  lease
  location
  location_closed
  location_links
  location_silence
  login
  mail
  mail_template
  mail_text
  member_change
  members
  newest_records
  notify
  notify_alerts
  notify_backup
  notify_disk
  notify_mails
  notify_plan
  notify_posts
  notify_rows
  order_follow
  order_intake
  order_key
  orders
  outgoing
  page
  page_fill
  kafka_break
  partitions
  people
  people_accounts
  people_places
  person_request
  problem
  pulse
  receipt_gaps
  request
  retention
  role_desired
  routes
  rows
  rut
  sales
  sales_alerts
  sales_clients
  sales_clock
  sales_close
  sales_day
  sales_model
  sales_parts
  sales_words
  sales_words_anew
  set_aside
  settings
  sign_in
  silence
  simulation
  stock
  stock_backlog
  store
  store_bounds
  store_set
  store_statements
  stream_event
  stream_stored
  users
  waits
  wake
  watermark)
  carrito_unit_test(${module} carrito_collector_parts)
endforeach()
# What --rebuild does, on a store in memory.
include(${CMAKE_SOURCE_DIR}/common/embed_text.cmake)
carrito_embed_sql(sales_words_anew_test ${CMAKE_SOURCE_DIR}/collector/sql/rebuild.sql rebuild_sql.h)
carrito_embed_sql(people_test ${CMAKE_SOURCE_DIR}/collector/sql/rebuild.sql rebuild_sql.h)
# The statements that ask what a cart has left, and whose it is.
foreach(name api_carts api_stock closing desk fugitive location sales silence stock)
  carrito_embed_sql(cart_facts_test ${CMAKE_SOURCE_DIR}/collector/sql/${name}.sql ${name}_sql.h)
endforeach()
# What an older store has of settings.
carrito_embed_sql(cart_settings_test ${CMAKE_SOURCE_DIR}/collector/sql/steps/0023.sql
  step_0023_sql.h)
# The statements that say what is due.
carrito_embed_sql(notify_rows_test ${CMAKE_SOURCE_DIR}/collector/sql/notify.sql notify_sql.h)
# What GET /consumers shows of a position.
carrito_embed_sql(partitions_test ${CMAKE_SOURCE_DIR}/collector/sql/api_consumers.sql
  api_consumers_sql.h)
