/**
 * Last segments of the standard library's functions that a rule asks the call graph about. Calls of other functions of
 * `std` are most of a body's calls, and say nothing about async code; they are left out of the graph.
 */
const names = [
  // locks and borrows
  'borrow borrow_mut lock read write try_borrow try_borrow_mut try_lock try_read try_write',
  // threads, channels, processes: they block
  'join park park_timeout Receiver::into_iter Receiver::iter recv recv_deadline recv_timeout scope send sleep sleep_ms sleep_until spawn wait wait_timeout',
  'wait_timeout_while wait_while wait_with_output output status call_once force get_or_init',
  // files and sockets
  'accept bind canonicalize connect connect_timeout copy create create_dir create_dir_all create_new exists flush',
  'hard_link incoming lines metadata open peek read_dir read_exact read_line read_link read_to_end read_to_string',
  'recv_from remove_dir remove_dir_all remove_file rename send_to set_len set_permissions symlink_metadata sync_all',
  'sync_data to_socket_addrs try_exists write_all write_fmt seek stdin symlink lock_shared peek_from',
  'is_dir is_file is_symlink fill_buf read_at read_exact_at read_until read_vectored',
  'write_all_at write_at write_vectored',
  // futures
  'block_on into_future poll poll_next wake wake_by_ref',
  // code that is passed
  'call call_mut spawn_scoped',
  // what says that a call does not block
  'is_finished set_nonblocking',
].join(' ');

export function standardCalls(): ReadonlySet<string> {
  return new Set(names.split(' '));
}
