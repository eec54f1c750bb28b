/** Fair use: how much one user, one voter and one client address may send. */
@NullMarked
package io.votelog.producer.limits;

import org.jspecify.annotations.NullMarked;
