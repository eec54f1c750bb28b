// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.pages;

import io.votelog.producer.auth.DevTokenSettings;
import io.votelog.producer.ballots.PublicUrls;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The pages that voters see. */
@Configuration(proxyBeanMethods = false)
class PagesConfiguration {
    @Bean
    BallotPages ballotPages(PublicUrls publicUrls, SignInSettings signIn, DevTokenSettings dev) {
        return new BallotPages(publicUrls, signIn, dev.tokens());
    }
}
