/**
 * The public port of the read side: what holds for all its answers, such as limits, origins and security headers. The routes
 * are in the rooms of what they answer.
 */
@NullMarked
package io.votelog.streams.read.http;

import org.jspecify.annotations.NullMarked;
