/**
 * Fair use: how much one user, one voter and one client address may send. How many connections an address may have is in {@code
 * web.limits}.
 */
@NullMarked
package io.votelog.producer.limits;

import org.jspecify.annotations.NullMarked;
