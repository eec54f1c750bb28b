/** What one client may take from the others: its address, told apart behind proxies, and what it may use up. */
@NullMarked
package io.votelog.web.limits;

import org.jspecify.annotations.NullMarked;
