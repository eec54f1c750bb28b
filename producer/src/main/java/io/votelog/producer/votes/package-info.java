/**
 * The way of a vote: admission (token, limits, ballot), the desk (the body's form), the box (pseudonym, rules, event), the log
 * (acknowledged or not), the answer.
 */
@NullMarked
package io.votelog.producer.votes;

import org.jspecify.annotations.NullMarked;
